# To be read by a shell that is alone in a network and a mount namespace: a namespace behind
# slirp4netns with this MTU, and an iperf3 server on the near side. `measure SECONDS` prints the
# bits per second that the far side gets through.
mtu=$1
set -e
export PATH="$PATH:/usr/sbin:/sbin"
reno() { echo reno >/proc/sys/net/ipv4/tcp_congestion_control; }
ip link set lo up
reno
iperf3 -s >/dev/null 2>&1 &
near=$!
unshare --net sleep 3600 &
far=$!
ready=$(mktemp -u)
mkfifo "$ready"
# Wait until the other namespace is there: ours is inherited until then.
own=$(readlink /proc/$$/ns/net)
while [ "$(readlink /proc/$far/ns/net)" = "$own" ]; do :; done
slirp4netns --configure --mtu="$mtu" --ready-fd=3 $far tap0 3>"$ready" >/dev/null 2>&1 &
slirp=$!
read -r one <"$ready" || true
rm "$ready"
trap 'kill $near $far $slirp' EXIT
nsenter --net --target $far sh -c 'echo reno >/proc/sys/net/ipv4/tcp_congestion_control'
set +e
measure() {
    nsenter --net --target $far iperf3 -c 10.0.2.2 -t "$1" -J |
        sed -n '/"sum_received"/,/}/s/.*"bits_per_second":[[:space:]]*\([0-9.e+]*\).*/\1/p'
}
