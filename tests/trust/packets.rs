//! The packets of one host as tcpdump captures them on its interface.

use std::net::IpAddr;
use std::process::Command;
use std::sync::Arc;

use sockstep::lab::packet::ends;
use sockstep::model::{Fate, HostName, Packet, Passage};

use crate::tool::{Tool, on_host, said};

/// The header of a capture file, and of each packet in it.
const FILE_HEADER: usize = 24;
const PACKET_HEADER: usize = 16;

/// tcpdump on one host's interface, beside what the wire says of the same host.
pub struct Capture {
    host: HostName,
    addresses: Vec<IpAddr>,
    tool: Tool,
    /// How much of the capture was read.
    read: usize,
    /// What tcpdump has seen, in its order.
    seen: Vec<(Way, Vec<u8>)>,
    /// What the wire says that the host's kernel has sent, and was given.
    told: [Vec<Arc<Packet>>; 2],
    /// How much of both was compared.
    compared: [usize; 2],
}

/// Out of the host, or into it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Out,
    In,
}

impl Capture {
    /// Begins to capture on the host that this process lives on. When this is back, no packet is
    /// missed any more.
    pub fn begin(host: &HostName, addresses: &[IpAddr], pid: i32) -> Self {
        let mut command = on_host(host, pid, "tcpdump");
        command.args(["-i", "eth0", "-n", "-U", "--immediate-mode", "-w", "-"]);
        // Without these the kernel has room for eight packets, however small, until they are read.
        command.args(["-s", "2048", "-B", "8192"]);
        if nix::unistd::geteuid().is_root() {
            // Its own user is nobody the lab knows.
            command.args(["-Z", "root"]);
        }
        let mut tool = Tool::start(command);
        // The header is written when the capture has begun.
        tool.wait_for("that it captures", |output| (output.len() >= FILE_HEADER).then_some(()));
        let word = |at: usize| word(&tool.output, at);
        assert_eq!((word(0), word(20)), (0xa1b2_c3d4, 101), "microseconds, raw IP packets");
        Self {
            host: host.clone(),
            addresses: addresses.to_vec(),
            tool,
            read: FILE_HEADER,
            seen: Vec::new(),
            told: Default::default(),
            compared: [0; 2],
        }
    }

    /// Takes in what the wire says has happened.
    pub fn expect(&mut self, passages: &[Passage]) {
        for passage in passages {
            let packet = &passage.packet;
            let mine = packet.from.as_ref() == Some(&self.host);
            let last = self.told[0].last().map_or(0, |last| last.number);
            // A held packet passes again when it is delivered; it was sent once.
            if mine && packet.number > last {
                self.told[0].push(packet.clone());
            }
            let given = matches!(passage.fate, Fate::Delivered | Fate::Duplicated);
            if given && packet.to.as_ref() == Some(&self.host) {
                self.told[1].push(packet.clone());
            }
        }
    }

    /// Waits until tcpdump has seen as much as the wire has told, and compares byte by byte, each
    /// way in order. `Err` says what differs. tcpdump may be ahead: the host's kernel may have
    /// sent what the wire has not read yet.
    pub fn compare(&mut self) -> Result<(), String> {
        let told = [self.told[0].len(), self.told[1].len()];
        let what = format!("{told:?} packets of {}", self.host);
        let (read, seen, addresses) = (&mut self.read, &mut self.seen, &self.addresses);
        self.tool.wait_for(&what, |output| {
            read_records(output, read, seen, addresses);
            (count(seen, Way::Out) >= told[0] && count(seen, Way::In) >= told[1]).then_some(())
        });
        self.compare_seen()
    }

    fn compare_seen(&mut self) -> Result<(), String> {
        for way in [Way::Out, Way::In] {
            let seen = self.seen.iter().filter(|(its, _)| *its == way).map(|(_, bytes)| bytes);
            let compared = &mut self.compared[way as usize];
            let pairs = self.told[way as usize].iter().zip(seen).skip(*compared);
            for (ours, theirs) in pairs {
                if *ours.bytes != **theirs {
                    let (host, label, bytes) = (&self.host, ours.label(), &ours.bytes);
                    return Err(format!(
                        "{way:?} {host}, packet {compared}\nthe wire: {label} {bytes:x?}\n\
                         tcpdump:  {theirs:x?}"
                    ));
                }
                *compared += 1;
            }
        }
        Ok(())
    }

    /// How many packets were compared: out, in.
    pub fn compared(&self) -> [usize; 2] {
        self.compared
    }

    /// Ends the capture. The wire must be asked once more for what tcpdump may have seen since.
    pub fn stop(&mut self) {
        self.tool.stop();
        let complaints = self.tool.complaints();
        assert!(complaints.contains("\n0 packets dropped by kernel"), "{complaints}");
        read_records(&self.tool.output, &mut self.read, &mut self.seen, &self.addresses);
    }

    /// After the end of the capture, when the wire has told all: compares what is left. `Err` says
    /// what differs, or what tcpdump has seen and the wire has not.
    pub fn compare_rest(&mut self) -> Result<(), String> {
        self.compare_seen()?;
        let seen = [Way::Out, Way::In].map(|way| count(&self.seen, way));
        if self.compared != seen {
            let (host, told) = (&self.host, self.compared);
            return Err(format!("{host}: tcpdump saw {seen:?} packets, the wire told {told:?}"));
        }
        Ok(())
    }

    /// What tcpdump prints of what it has captured, a line for each packet, less what it guesses
    /// from a port number; and the packets.
    pub fn printed(&self, options: &[&str]) -> Vec<(String, Arc<Packet>)> {
        let file = std::env::temp_dir().join(format!("sockstep-trust-{}", self.tool.number()));
        std::fs::write(&file, &self.tool.output).expect("a file for tcpdump");
        let mut command = Command::new("tcpdump");
        let text = said(command.args(["-n", "-t", "-r"]).arg(&file).args(options));
        let _ = std::fs::remove_file(&file);
        let mut told = [self.told[0].iter(), self.told[1].iter()];
        let packets = self.seen.iter().map(|(way, _)| told[*way as usize].next());
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), self.seen.len(), "a line for each packet");
        let less_guess = |line: &str| line.split(": HTTP").next().unwrap_or(line).to_owned();
        let pairs = lines.into_iter().zip(packets);
        pairs.map(|(line, packet)| (less_guess(line), packet.expect("compared").clone())).collect()
    }
}

fn count(seen: &[(Way, Vec<u8>)], way: Way) -> usize {
    seen.iter().filter(|(its, _)| *its == way).count()
}

/// Takes the whole packets behind `read`.
fn read_records(
    output: &[u8],
    read: &mut usize,
    seen: &mut Vec<(Way, Vec<u8>)>,
    addresses: &[IpAddr],
) {
    while let Some(bytes) = record(output, *read) {
        let mine = ends(bytes).is_some_and(|ends| addresses.contains(&ends.source));
        seen.push((if mine { Way::Out } else { Way::In }, bytes.to_vec()));
        *read += PACKET_HEADER + bytes.len();
    }
}

/// The packet at this place of a capture, if all of it is there.
fn record(capture: &[u8], place: usize) -> Option<&[u8]> {
    let header = capture.get(place..place + PACKET_HEADER)?;
    assert_eq!(word(header, 8), word(header, 12), "tcpdump captures whole packets");
    let start = place + PACKET_HEADER;
    capture.get(start..start + word(header, 8) as usize)
}

fn word(bytes: &[u8], at: usize) -> u32 {
    u32::from_ne_bytes(bytes[at..at + 4].try_into().expect("four bytes"))
}
