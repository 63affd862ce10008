# awk -f settings.awk BASE NOW: prints, as lines of a dsconfig batch in PingDirectory's words, what differs between two
# files config.ldif (OpenDJ does not fold them). Objects of kinds that no profile carries are passed over: the registry of
# replication, root users, keys. The order is that of NOW, backends before their indexes.

function kind_of(dn) {
	if (dn == "cn=config") return "global-configuration"
	if (dn ~ /^ds-cfg-backend-id=adminRoot,/) return ""
	parent = dn
	sub(/^[^,]*,/, "", parent)
	if (parent in kinds) return kinds[parent]
	return parent ~ /^cn=index,ds-cfg-backend-id=[^,]+,cn=backends,cn=config$/ ? "local-db-index" : ""
}

function quoted(word) {
	return word ~ /[^A-Za-z0-9_.:,=\/-]/ ? "\"" word "\"" : word
}

# The options that name an object.
function naming(dn, kind,    name, backend) {
	if (kind == "global-configuration") return ""
	name = dn
	sub(/,.*/, "", name)
	sub(/^[^=]*=/, "", name)
	if (kind != "local-db-index") return " " options[kind] " " quoted(name)
	backend = dn
	sub(/^[^,]*,cn=index,ds-cfg-backend-id=/, "", backend)
	sub(/,.*/, "", backend)
	return " --backend-name " quoted(backends[backend]) " --index-name " quoted(name)
}

# What the tool calls a value: an object of the configuration by its name alone.
function word_of(value) {
	if (value ~ /^cn=[^,]+,cn=[^,]+,cn=config$/) {
		sub(/^cn=/, "", value)
		sub(/,.*/, "", value)
	}
	return value
}

function type_of(dn, kind,    type) {
	if (kind == "local-db-index" || kind == "password-policy") return ""
	if (kind == "backend") return " --type local-db"
	type = classes[1, dn]
	sub(/^ds-cfg-/, "", type)
	sub("-" kind "$", "", type)
	return " --type " type
}

function define(parent, name, option) {
	kinds["cn=" parent ",cn=config"] = name
	options[name] = option
}

BEGIN {
	define("connection handlers", "connection-handler", "--handler-name")
	define("backends", "backend", "--backend-name")
	define("password policies", "password-policy", "--policy-name")
	define("password validators", "password-validator", "--validator-name")
	define("password storage schemes", "password-storage-scheme", "--scheme-name")
	define("password generators", "password-generator", "--generator-name")
	define("loggers", "log-publisher", "--publisher-name")
	define("plugins", "plugin", "--plugin-name")
	define("virtual attributes", "virtual-attribute", "--name")
	define("identity mappers", "identity-mapper", "--mapper-name")
	side = -1
}

FNR == 1 { side++ }

/^dn: / {
	dn = substr($0, 5)
	# The name of an object keeps its case, the rest is compared without it.
	match(dn, /^[^,]*/)
	dn = substr(dn, 1, RLENGTH) tolower(substr(dn, RLENGTH + 1))
	if (dn == "cn=config" || kind_of(dn) != "") {
		there[side, dn] = 1
		if (side == 1) order[++count] = dn
	}
	if (dn ~ /^ds-cfg-backend-id=[^,]+,cn=backends,cn=config$/) {
		name = substr(dn, 19)
		sub(/,.*/, "", name)
		backends[tolower(name)] = name
	}
	next
}

$0 == "" { dn = "" }

dn != "" && there[side, dn] && /^objectClass: ds-cfg-/ {
	# The class of the object itself is the one with the longest name.
	class = substr($0, 14)
	if (length(class) > length(classes[side, dn])) classes[side, dn] = class
	next
}

dn != "" && there[side, dn] && /^ds-cfg-/ {
	at = index($0, ": ")
	name = substr($0, 8, at - 8)
	if (name == "java-class" || name == "backend-id" || name == "attribute") next
	if (!((side, dn, name) in values)) {
		values[side, dn, name] = ""
		names[side, dn] = names[side, dn] " " name
	}
	value = substr($0, at + 2)
	if (tolower(value) ~ /^(true|false)$/) value = tolower(value)
	values[side, dn, name] = values[side, dn, name] value "\n"
}

END {
	for (pass = 1; pass <= 2; pass++) for (n = 1; n <= count; n++) {
		dn = order[n]
		what = kind_of(dn)
		if ((what == "local-db-index") != (pass == 2)) continue
		is_new = !there[0, dn]
		if (is_new && what == "local-db-index") {
			# A new backend gets the indexes that the first one has had from the beginning.
			backend = dn
			sub(/^[^,]*,cn=index,ds-cfg-backend-id=/, "", backend)
			sub(/,.*/, "", backend)
			usual = dn
			sub(/ds-cfg-backend-id=[^,]+/, "ds-cfg-backend-id=userroot", usual)
			if (there[0, usual] && !there[0, "ds-cfg-backend-id=" backends[backend] ",cn=backends,cn=config"]) continue
		}
		text = ""
		total = split(names[1, dn], all, " ")
		for (i = 1; i <= total; i++) {
			name = all[i]
			if (!is_new && values[1, dn, name] == values[0, dn, name]) continue
			parts = split(values[1, dn, name], each, "\n")
			for (j = 1; j < parts; j++) text = text " --set " quoted(name ":" word_of(each[j]))
		}
		total = split(names[0, dn], all, " ")
		for (i = 1; i <= total; i++) if (!((1, dn, all[i]) in values)) text = text " --reset " all[i]
		if (is_new) print "dsconfig create-" what naming(dn, what) type_of(dn, what) text
		else if (text != "") print "dsconfig set-" what "-prop" naming(dn, what) text
	}
}
