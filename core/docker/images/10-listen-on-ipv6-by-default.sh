#!/bin/sh
me=10-listen-on-ipv6-by-default.sh
file=/etc/nginx/conf.d/default.conf
if [ ! -f "$file" ]; then
    echo "$me: info: $file is not a file or does not exist"
    exit 0
fi
if ! touch "$file" 2>/dev/null; then
    echo "$me: info: can not modify $file (read-only file system?)"
    exit 0
fi
if grep -q 'listen  *\[::\]:80;' "$file"; then
    echo "$me: info: IPv6 listen already enabled"
    exit 0
fi
echo "$me: info: Getting the checksum of $file"
if ! cmp -s "$file" /usr/share/nginx/default.conf; then
    echo "$me: info: $file differs from the packaged version"
    exit 0
fi
sed -i 's/listen       80;/listen       80;\n    listen  [::]:80;/' "$file"
echo "$me: info: Enabled listen on IPv6 in $file"
