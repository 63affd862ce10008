#!/usr/bin/env sh
# Says who runs, then hands over to the entry point under an init.
user=$(id -u)
group=$(id -g)
echo '### Bootstrap'
if test "$user" -eq 0 && test "$PING_CONTAINER_PRIVILEGED" = true; then
	# The images before 2103 say nothing more where they run as root.
	:
elif test "$user" -eq 0; then
	echo '### Warning: running container as root user'
else
	user_name=$(sed -n "s/^\([^:]*\):[^:]*:$user:.*/\1/p" /etc/passwd)
	group_name=$(sed -n "s/^\([^:]*\):[^:]*:$group:.*/\1/p" /etc/group)
	echo '### Using the default container user and group'
	echo '### Container user and group'
	echo "###     user : ${user_name:-undefined user} (id: $user)"
	echo "###     group: ${group_name:-undefined group} (id: $group)"
fi
exec "$BASE/tini" -- "$BASE/entrypoint.sh" "$@"
