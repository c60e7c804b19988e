//! What the learner does to the wire by hand.

use std::sync::Arc;
use std::time::Duration;

use super::super::packet::icmp_unreachable;
use super::{Delivery, Ports, Switch, Unwilling, covers, ports_of};
use crate::model::{Body, Fate, Filter, Packet, ProcessName, Said, Unreachable, WireAction, said};

impl Switch {
    /// Does what the learner wants of the wire.
    ///
    /// # Errors
    /// Nothing held matches, or fewer than two packets are there to swap.
    pub fn act(
        &mut self,
        action: &WireAction,
        at: Duration,
        ports: &Ports,
    ) -> Result<(), Unwilling> {
        self.refuse_if_cut(action)?;
        match action {
            WireAction::Hold(filter) => {
                let wire = Arc::make_mut(&mut self.wire);
                if !wire.filters.contains(filter) {
                    wire.filters.push(filter.clone());
                }
            }
            WireAction::Auto => {
                Arc::make_mut(&mut self.wire).filters.clear();
                self.deliver_all();
            }
            WireAction::DeliverAll => self.deliver_all(),
            WireAction::Deliver(filter) => {
                let packet = self.take(filter, ports, "deliver")?;
                self.outgoing.push_back(Delivery { packet, fate: Fate::Delivered });
            }
            WireAction::Drop(filter) => {
                let packet = self.take(filter, ports, "drop")?;
                self.pass(packet, Fate::Dropped);
            }
            WireAction::Duplicate(filter) => {
                let index = self.find(filter, ports, "duplicate")?;
                let packet = self.wire.held[index].packet.clone();
                self.outgoing.push_back(Delivery { packet, fate: Fate::Duplicated });
            }
            WireAction::Swap => self.swap()?,
            WireAction::Cut => Arc::make_mut(&mut self.wire).cut = true,
            WireAction::Mend => Arc::make_mut(&mut self.wire).cut = false,
            WireAction::Unreachable(kind) => self.answer_unreachable(*kind, at)?,
        }
        Ok(())
    }

    /// Nothing is delivered while the wire is cut.
    fn refuse_if_cut(&self, action: &WireAction) -> Result<(), Unwilling> {
        let delivers = match action {
            WireAction::Auto => !self.wire.held.is_empty(),
            WireAction::Deliver(_)
            | WireAction::DeliverAll
            | WireAction::Duplicate(_)
            | WireAction::Unreachable(_) => true,
            WireAction::Hold(_)
            | WireAction::Drop(_)
            | WireAction::Swap
            | WireAction::Cut
            | WireAction::Mend => false,
        };
        if self.wire.cut && delivers {
            return Err(Unwilling(said!(
                "can't {action}: the wire is cut; mend it first",
                action = action.to_string()
            )));
        }
        Ok(())
    }

    fn deliver_all(&mut self) {
        if self.wire.held.is_empty() {
            return;
        }
        self.by_flow.clear();
        for held in std::mem::take(&mut Arc::make_mut(&mut self.wire).held) {
            let packet = held.packet.clone();
            self.outgoing.push_back(Delivery { packet, fate: Fate::Delivered });
        }
    }

    fn find(&self, filter: &Filter, ports: &Ports, verb: &str) -> Result<usize, Unwilling> {
        let known = |process: &ProcessName| ports_of(ports, process);
        let position = self.wire.held.iter().position(|held| filter.matches(&held.packet, known));
        position.ok_or_else(|| {
            let held = self.describe_held();
            Unwilling(said!(
                "can't {verb} {filter}: there is no such packet in flight; the wire {held}",
                verb,
                filter = filter.to_string(),
                held
            ))
        })
    }

    fn take(
        &mut self,
        filter: &Filter,
        ports: &Ports,
        verb: &str,
    ) -> Result<Arc<Packet>, Unwilling> {
        let index = self.find(filter, ports, verb)?;
        Ok(self.take_at(index))
    }

    /// Takes a held packet off the wire. Those that came after it and cover it cover one less.
    fn take_at(&mut self, index: usize) -> Arc<Packet> {
        let wire = Arc::make_mut(&mut self.wire);
        let packet = wire.held.remove(index).packet.clone();
        self.by_flow.remove(&packet);
        let later: Vec<usize> = self.by_flow.places(&packet, &wire.held).collect();
        for place in later {
            let other = &wire.held[place];
            if other.packet.number > packet.number && covers(&other.packet, &packet) {
                Arc::make_mut(&mut wire.held[place]).covers -= 1;
            }
        }
        packet
    }

    fn swap(&mut self) -> Result<(), Unwilling> {
        if self.wire.held.len() < 2 {
            let held = self.describe_held();
            return Err(Unwilling(said!(
                "can't swap: it takes two packets; the wire {held}",
                held
            )));
        }
        Arc::make_mut(&mut self.wire).held.swap(0, 1);
        Ok(())
    }

    fn answer_unreachable(&mut self, kind: Unreachable, at: Duration) -> Result<(), Unwilling> {
        let index = self.find(&Filter::any(), &Ports::new(), "answer")?;
        let packet = &self.wire.held[index].packet;
        // What was for everybody belongs to nobody's address.
        let own = self.receiver(&packet.bytes);
        let Some(bytes) = own.and_then(|_| icmp_unreachable(&packet.bytes, kind)) else {
            let label = packet.label();
            return Err(Unwilling(match packet.body {
                Body::Icmp { .. } => {
                    said!(
                        "can't answer {label}: no ICMP error is sent about another (RFC 1122)",
                        label
                    )
                }
                Body::Tcp(_) | Body::Udp { .. } | Body::Other { .. } => said!(
                    "can't answer {label}: RFC 1122 forbids an ICMP error about such a packet",
                    label
                ),
            }));
        };
        let packet = self.take_at(index);
        self.pass(packet, Fate::Unreachable);
        let answer = self.packet(None, self.receiver(&bytes), &bytes, at);
        if answer.to.is_some() {
            self.outgoing.push_back(Delivery { packet: answer, fate: Fate::Delivered });
        }
        Ok(())
    }

    fn describe_held(&self) -> Said {
        const NAMED: usize = 8;
        let held = self.wire.held.iter().take(NAMED).map(|held| {
            let packet = held.packet.label();
            match &held.packet.from {
                Some(host) => said!("{packet} from {host}", packet, host),
                None => said!("{packet} from the wire", packet),
            }
        });
        let Some(packets) = Said::list(held) else { return said!("holds nothing") };
        match self.wire.held.len().saturating_sub(NAMED) {
            0 => said!("holds {packets}", packets),
            more => said!("holds {packets}, and {more} more", packets, more),
        }
    }
}
