//! `sockstep measure`: how fast a byte stream of AF_UNIX is on this machine, and one of TCP on the
//! same host. Its output has names and numbers only, and no words.

use std::io::{Read, Result, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::thread;
use std::time::{Duration, Instant};

use super::Exit;
use super::args;

/// How long one round of one kind takes about.
const ROUND: Duration = Duration::from_millis(12);
/// How often both kinds are measured, by turns; the best of each counts.
const ROUNDS: usize = 5;
/// Bytes that the reader asks for at once.
const READ: usize = 1 << 16;
/// A claimed ratio holds if the measured one is no further from it than this part.
const NEAR: f64 = 0.1;

/// Prints the bytes a second of both kinds for each size of a write, the time of a round trip, and
/// the ratios: how many times faster AF_UNIX is. With a claim the exit code says whether all
/// ratios are about what it says (0) or not (1).
pub(super) fn measure(arguments: &args::Measure) -> anyhow::Result<Exit> {
    let mut out = std::io::stdout().lock();
    let mut ratios = Vec::new();
    writeln!(out, "{:>8}  {:>12}  {:>12}  ratio", "write()", "AF_UNIX", "TCP")?;
    for &size in &arguments.sizes {
        let [unix, tcp] = best(|kind| throughput(kind, size as usize))?;
        ratios.push(unix / tcp);
        let [unix_mb, tcp_mb] = [unix, tcp].map(|rate| format!("{:.0} MB/s", rate / 1e6));
        writeln!(out, "{size:>6} B  {unix_mb:>12}  {tcp_mb:>12}  {:.1}", unix / tcp)?;
    }
    let [unix, tcp] = best(round_trips)?;
    ratios.push(unix / tcp);
    let [unix_time, tcp_time] = [unix, tcp].map(|rate| format!("{:.1} us", 1e6 / rate));
    writeln!(out, "ping-pong  {unix_time:>11}  {tcp_time:>12}  {:.1}", unix / tcp)?;
    let Some(claim) = arguments.claim else { return Ok(Exit::Fine) };
    let near = ratios.iter().filter(|ratio| (**ratio / claim - 1.0).abs() <= NEAR).count();
    writeln!(out, "ratio {:.1}-{:.1}: {near}/{}", claim * 0.9, claim * 1.1, ratios.len())?;
    Ok(if near == ratios.len() { Exit::Fine } else { Exit::Disagreed })
}

/// A kind of byte stream between two ends on one host.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Unix,
    Tcp,
}

/// One end of a stream of either kind.
trait End: Read + Write + Send {}
impl<T: Read + Write + Send> End for T {}

impl Kind {
    fn pair(self) -> Result<[Box<dyn End>; 2]> {
        match self {
            Kind::Unix => {
                let (one, other) = UnixStream::pair()?;
                Ok([Box::new(one), Box::new(other)])
            }
            Kind::Tcp => {
                let listener = TcpListener::bind("127.0.0.1:0")?;
                let one = TcpStream::connect(listener.local_addr()?)?;
                let (other, _) = listener.accept()?;
                one.set_nodelay(true)?;
                other.set_nodelay(true)?;
                Ok([Box::new(one), Box::new(other)])
            }
        }
    }
}

/// The best of several rounds of each kind, by turns, so that whatever else the machine does meets
/// both.
fn best(mut rate: impl FnMut(Kind) -> Result<f64>) -> Result<[f64; 2]> {
    let mut found = [0.0_f64; 2];
    for _ in 0..ROUNDS {
        for (best, kind) in found.iter_mut().zip([Kind::Unix, Kind::Tcp]) {
            *best = best.max(rate(kind)?);
        }
    }
    Ok(found)
}

/// Bytes a second in one direction, by writes of `size` bytes.
fn throughput(kind: Kind, size: usize) -> Result<f64> {
    let [mut writer, mut reader] = kind.pair()?;
    let begin = Instant::now();
    let sender = thread::spawn(move || -> Result<()> {
        let bytes = vec![0_u8; size];
        while begin.elapsed() < ROUND {
            // The clock is not asked for each write, it would be measured as well.
            for _ in 0..32 {
                writer.write_all(&bytes)?;
            }
        }
        Ok(())
    });
    let mut room = vec![0_u8; READ];
    let mut received = 0;
    loop {
        match reader.read(&mut room)? {
            0 => break,
            count => received += count,
        }
    }
    let rate = received as f64 / begin.elapsed().as_secs_f64();
    joined(sender)?;
    Ok(rate)
}

/// Round trips of one byte a second.
fn round_trips(kind: Kind) -> Result<f64> {
    let [mut near, mut far] = kind.pair()?;
    let echo = thread::spawn(move || -> Result<()> {
        let mut byte = [0];
        while far.read(&mut byte)? > 0 {
            far.write_all(&byte)?;
        }
        Ok(())
    });
    let begin = Instant::now();
    let (mut count, mut byte) = (0_u32, [0]);
    while begin.elapsed() < ROUND {
        near.write_all(&byte)?;
        near.read_exact(&mut byte)?;
        count += 1;
    }
    let rate = f64::from(count) / begin.elapsed().as_secs_f64();
    drop(near);
    joined(echo)?;
    Ok(rate)
}

fn joined(thread: thread::JoinHandle<Result<()>>) -> Result<()> {
    thread.join().unwrap_or_else(|_| Err(std::io::Error::other("a measuring thread has panicked")))
}
