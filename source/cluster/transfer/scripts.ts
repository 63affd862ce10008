/**
The constant scripts that run in the pod. Data is in `$1`, `$2`, … only. `$hash` and `$tool` are split into words on
purpose: they are a tool and its flags, from the table in the look script.

Every process of a copy carries `UNROOT_COPY=…` in its environment, so that a later try finds what an earlier one left.
*/

/** The block that ranges are counted in, in bytes. */
export const blockBytes = 1024 * 1024;

/** Printed alone on the last line of every answer: without it an answer was cut. */
export const endMark = 'unroot-end';

/**
Ends what earlier tries left, then says what the file is and which tools there are. Processes are looked at one by one
only where there is something to end.

`$1` path, `$2` the mark of the processes to end.
*/
export const lookScript = `if cat /proc/*/environ 2>/dev/null | tr '\\000' '\\n' | grep -q -F "UNROOT_COPY=$2"; then
for process in /proc/*; do
if { tr '\\000' '\\n' <"$process/environ" | grep -q -F "UNROOT_COPY=$2"; } 2>/dev/null; then
if kill -KILL "\${process#/proc/}" 2>/dev/null; then echo "ended \${process#/proc/}"; fi
fi
done
fi
hash=
for tool in 'openssl dgst -sha256 -r' sha256sum 'shasum -a 256' 'busybox sha256sum' 'digest -a sha256'; do
if [ -z "$hash" ]; then
sum=$(printf abc | $tool 2>/dev/null)
sum=\${sum%% *}
if [ "$sum" = ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad ]; then hash=$tool; fi
fi
done
echo "hash $hash"
if [ "$(printf abc | gzip -1 -c 2>/dev/null | gzip -d -c 2>/dev/null)" = abc ]; then echo 'gzip yes'; fi
if timeout 5 true 2>/dev/null; then echo 'timeout yes'; fi
if [ ! -e "$1" ]; then
echo 'file absent'
elif [ ! -f "$1" ] || [ ! -r "$1" ]; then
echo 'file unreadable'
else
bytes=$(stat -L -c %s "$1" 2>/dev/null) || bytes=$(wc -c <"$1")
changed=$(stat -L -c %Y "$1" 2>/dev/null) || changed=unknown
echo "file" $bytes "$changed"
fi
echo ${endMark}
`;

/**
Sends ranges of a file: for each its bytes, then a line with its number and SHA-256. Stops when standard input gives a
line or ends, which it does when the receiver is gone.

`$1` path, `$2` first range, `$3` ranges, `$4` blocks a range, `$5` hash, `$6` whether a range is hashed `beside` its
sending or `before`; the rest is the command that packs.
*/
export const sendScript = `path=$1
range=$2
left=$3
blocks=$4
hash=$5
when=$6
shift 6
{
while [ "$left" -gt 0 ]; do
if [ "$when" = beside ]; then
dd bs=${blockBytes} skip="$((range * blocks))" count="$blocks" if="$path" 2>/dev/null &
sum=$(dd bs=${blockBytes} skip="$((range * blocks))" count="$blocks" if="$path" 2>/dev/null | $hash)
wait
else
sum=$(dd bs=${blockBytes} skip="$((range * blocks))" count="$blocks" if="$path" 2>/dev/null | $hash)
dd bs=${blockBytes} skip="$((range * blocks))" count="$blocks" if="$path" 2>/dev/null || exit 1
fi
sum=\${sum%% *}
echo "range $range $sum"
range=$((range + 1))
left=$((left - 1))
done
echo ${endMark}
} | "$@" &
packer=$!
read -r line || true
kill -TERM "$packer" 2>/dev/null
true
`;

/**
Says the SHA-256 of ranges of a file.

`$1` path, `$2` first range, `$3` ranges, `$4` blocks a range, `$5` hash.
*/
export const hashesScript = `range=$2
left=$3
hash=$5
while [ "$left" -gt 0 ]; do
sum=$(dd bs=${blockBytes} skip="$((range * $4))" count="$4" if="$1" 2>/dev/null | $hash)
sum=\${sum%% *}
echo "range $range $sum"
range=$((range + 1))
left=$((left - 1))
done
echo ${endMark}
`;

/**
Says SHA-256, length and time of change of a file.

`$1` path, `$2` hash.
*/
export const sumScript = `hash=$2
sum=$($hash <"$1")
bytes=$(stat -L -c %s "$1" 2>/dev/null) || bytes=$(wc -c <"$1")
changed=$(stat -L -c %Y "$1" 2>/dev/null) || changed=unknown
sum=\${sum%% *}
echo sum "$sum" $bytes "$changed"
echo ${endMark}
`;

/**
Says how far an earlier copy into the pod came, and how much room there is. Where it was of another source, or there was
none, makes an empty file to begin with, and its folder.

`$1` path, `$2` the source as the first line of the list of ranges names it.
*/
export const beginScript = `umask 077
folder=\${1%/*}
mkdir -p "\${folder:-/}" 2>/dev/null
read -r source 2>/dev/null <"$1.part.ranges" || source=
if [ -f "$1.part" ] && [ "$source" = "$2" ]; then
cat "$1.part.ranges"
else
rm -f "$1.part" "$1.part.ranges"
if { printf '' >"$1.part" && echo "$2" >"$1.part.ranges"; } 2>/dev/null; then
cat "$1.part.ranges"
else
echo refused
fi
fi
bytes=$(stat -L -c %s "$1.part" 2>/dev/null) || bytes=$(wc -c <"$1.part")
echo part $bytes
echo room "$(df -P -k "\${folder:-/}" 2>/dev/null | tail -n 1)"
echo ${endMark}
`;

/**
Takes neighbouring ranges from standard input, writes them in place, then says the SHA-256 of each as it is read back.
Says `stopped` where they could not be written.

`$1` path, `$2` first range, `$3` ranges to read back, `$4` blocks a range, `$5` hash; the rest is the command that
unpacks.
*/
export const takeScript = `umask 077
path=$1
range=$2
left=$3
blocks=$4
hash=$5
shift 5
"$@" | dd bs=${blockBytes} seek="$((range * blocks))" conv=notrunc of="$path.part" || echo stopped
while [ "$left" -gt 0 ]; do
sum=$(dd bs=${blockBytes} skip="$((range * blocks))" count="$blocks" if="$path.part" 2>/dev/null | $hash)
sum=\${sum%% *}
echo "$range $sum" >>"$path.part.ranges"
echo "range $range $sum"
range=$((range + 1))
left=$((left - 1))
done
echo ${endMark}
`;

/**
Puts the whole copy in place, if its SHA-256 and length are those of the source.

`$1` path, `$2` SHA-256, `$3` bytes, `$4` hash.
*/
export const placeScript = `hash=$4
sum=$($hash <"$1.part")
sum=\${sum%% *}
bytes=$(stat -L -c %s "$1.part" 2>/dev/null) || bytes=$(wc -c <"$1.part")
echo sum "$sum" $bytes unknown
if [ "$sum" = "$2" ] && [ "$bytes" -eq "$3" ]; then
sync "$1.part" 2>/dev/null || sync
if mv -f "$1.part" "$1"; then
rm -f "$1.part.ranges"
folder=\${1%/*}
sync "$folder/" 2>/dev/null || true
echo placed
fi
fi
echo ${endMark}
`;
