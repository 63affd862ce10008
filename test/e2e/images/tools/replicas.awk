# awk -v ldaps_port=PORT -v servers='HOST:PORT …' -f replicas.awk: reads OpenDJ's entries below cn=Replication,cn=monitor, not
# folded, and prints what they say in the shape of PingDirectory's: one entry for each base DN's replica, and one for each
# topology. Those of the servers named that are not connected are missing.

function address(server) {
	sub(/:[0-9]*$/, "", server)
	return server ":" ldaps_port
}

function finish() {
	if (domain == "") return
	domains[domain] = 1
	if (dn ~ /^cn=Directory server DS\(/) {
		own[domain] = id
		generation[domain] = generation_id
		pending[domain] = pending_updates
		conflicts[domain] = naming_conflicts
		connected[domain] = connected_to
	} else if (dn ~ /^cn=Connected directory server DS\(/) {
		backlog[domain, id] = missing
	} else if (dn ~ /^cn=Replication server RS\(/) {
		server = dn
		sub(/^cn=Replication server RS\([0-9]*\) /, "", server)
		sub(/,.*/, "", server)
		reached[domain] = reached[domain] " " server
	} else if (dn ~ /^cn=Connected replication server RS\(/) {
		reached[domain] = reached[domain] " " replication_server
	}
	domain = ""
}

/^dn: / {
	finish()
	dn = substr($0, 5)
	id = generation_id = pending_updates = naming_conflicts = connected_to = missing = replication_server = ""
}
/^domain-name: / { domain = substr($0, 14) }
/^server-id: / { id = $2 }
/^generation-id: / { generation_id = $NF }
/^pending-updates: / { pending_updates = $2 }
/^unresolved-naming-conflicts: / { naming_conflicts = $2 }
/^connected-to: / { connected_to = substr($0, 15) }
/^missing-changes: / { missing = $2 }
/^Replication-Server: / { replication_server = $2 }

END {
	finish()
	for (domain in domains) {
		name = domain
		gsub(/[^A-Za-z0-9]/, "_", name)
		print "dn: cn=Replica " name ",cn=monitor\nobjectClass: top\nobjectClass: ds-monitor-entry\nobjectClass: ds-replica-monitor-entry"
		print "base-dn: " domain
		if (connected[domain] != "") print "connected-to: " connected[domain]
		if (generation[domain] != "") print "generation-id: " generation[domain]
		if ((domain, own[domain]) in backlog) print "replication-backlog: " backlog[domain, own[domain]]
		if (pending[domain] != "") print "pending-updates: " pending[domain]
		if (conflicts[domain] != "") print "unresolved-naming-conflicts: " conflicts[domain]
		print "\ndn: cn=Replication Summary " name ",cn=monitor\nobjectClass: top\nobjectClass: ds-monitor-entry"
		print "objectClass: ds-replication-server-summary-monitor-entry\nbase-dn: " domain
		total = split(reached[domain], all, " ")
		for (i = 1; i <= total; i++) {
			seen[domain, address(all[i])] = 1
			print "replica: ldap-server=\"" address(all[i]) "\" generation-id=\"" generation[domain] "\""
		}
		total = split(servers, all, " ")
		for (i = 1; i <= total; i++) if (!((domain, address(all[i])) in seen)) print "missing-replica: ldap-server=\"" address(all[i]) "\""
		print ""
	}
}
