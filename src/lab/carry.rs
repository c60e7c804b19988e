//! Carrying packets between the TUNs and the wire.

use super::life::Lab;

/// More packets than this without rest end a pass, so that a flood can't hold the screen.
const PACKETS_A_PASS: usize = 4_096;

/// In a flood so many packets of one host are carried before it is the next one's turn.
const BATCH: usize = 64;

impl Lab {
    /// Takes what the hosts' kernels have sent and carries what the wire lets pass; whether
    /// anything moved.
    pub(super) fn carry(&mut self) -> bool {
        let mut moved = self.deliver();
        let mut carried = 0;
        while carried < PACKETS_A_PASS {
            let before = carried;
            for index in 0..self.hosts.len() {
                carried += self.carry_from(index);
            }
            if carried == before {
                break;
            }
            moved = true;
            self.deliver();
        }
        moved
    }

    /// Takes what a host's kernel has sent: one packet, so that the hosts take turns. Packets that
    /// are only counted go straight to their receiver, a batch in one turn. How many it were.
    fn carry_from(&mut self, index: usize) -> usize {
        let mut buffer = std::mem::take(&mut self.buffer);
        let mut count = 0;
        while count < BATCH {
            let packet = match self.hosts[index].next_packet(&mut buffer) {
                Ok(Some(packet)) => packet,
                Ok(None) => break,
                Err(_) => {
                    // A device that is gone would be readable for ever.
                    if let Some(tun) = self.hosts[index].tun() {
                        self.unwatch(tun);
                    }
                    break;
                }
            };
            count += 1;
            if let Some(to) = self.switch.straight(packet) {
                let host = self.hosts.iter().find(|host| host.name == *to);
                // One that the receiver does not take is counted as well.
                let _ = host.is_some_and(|host| host.give(packet));
                self.switch.went_straight();
                continue;
            }
            let at = self.now();
            self.switch.send(&self.hosts[index].name, packet, at, &self.ports);
            break;
        }
        self.buffer = buffer;
        count
    }

    /// Writes what the wire gives to the receivers' kernels.
    pub(super) fn deliver(&mut self) -> bool {
        let mut any = false;
        while let Some(delivery) = self.switch.next_delivery() {
            any = true;
            let to = delivery.packet.to.as_ref();
            let host = to.and_then(|to| self.hosts.iter().find(|host| host.name == *to));
            let taken = host.is_some_and(|host| host.give(&delivery.packet.bytes));
            self.switch.delivered(delivery, taken);
        }
        any
    }
}
