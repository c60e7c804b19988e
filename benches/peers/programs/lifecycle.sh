#!/bin/sh
# The calls of the lesson tcp-lifecycle as one does them by hand: two namespaces joined by a veth,
# a small program for the calls in each, and `ss` after every call on the host that made it.
# Nothing is held on the wire. Usage: lifecycle.sh HAND [CALLS], the first CALLS of them.
set -e
hand=$1 left=${2:-99}
folder=$(mktemp -d)
finish() {
    exec 3>&- 4>&- 5<&- 6<&-
    wait
    ip netns del server
    ip netns del client
    rm -r "$folder"
}
trap finish EXIT

ip netns add server
ip netns add client
ip link add s type veth peer name c
ip link set s netns server name eth0
ip link set c netns client name eth0
ip -n server addr add 198.51.100.1/24 dev eth0
ip -n client addr add 198.51.100.2/24 dev eth0
for host in server client; do
    ip -n $host link set lo up
    ip -n $host link set eth0 up
    mkfifo "$folder/$host.in" "$folder/$host.out"
    ip netns exec $host "$hand" <"$folder/$host.in" >"$folder/$host.out" &
done
exec 3>"$folder/server.in" 4>"$folder/client.in" 5<"$folder/server.out" 6<"$folder/client.out"

look() {
    ip netns exec "$1" ss -tan >"$folder/ss"
    left=$((left - 1))
    [ $left -gt 0 ] || exit 0
}
server() { echo "$*" >&3; read -r answer <&5; look server; }
client() { echo "$*" >&4; read -r answer <&6; look client; }

server socket
server bind 3 0.0.0.0 8080
client socket
client connect 3 198.51.100.1 8080
server listen 3
echo accept 3 >&3
look server
client close 3
client socket
client connect 3 198.51.100.1 8080
read -r answer <&5
client write 3 hello
server write 4 welcome
server read 4
client read 3
client close 3
server read 4
server close 4
ip netns exec client ss -tan >"$folder/ss"
grep -q TIME-WAIT "$folder/ss" || [ $left -lt 90 ] || { echo "no TIME-WAIT" >&2; exit 1; }
