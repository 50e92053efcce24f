//! The pictures that a graphics protocol has put on the terminal: what is sent when others are
//! wanted. Characters need none of this, the library draws what changed.
//!
//! Below a picture the library believes that there are blanks. So a picture goes up after the frame
//! that blanked its cells, and is written over with blanks before the next.

use std::{io::Write, sync::Arc};

use ratatui::layout::Rect;

use super::photo::Graphic;

/// A picture and its cells.
#[derive(Debug, Clone)]
pub struct Hanging {
    pub area: Rect,
    pub graphic: Arc<Graphic>,
}

impl PartialEq for Hanging {
    fn eq(&self, other: &Self) -> bool {
        self.area == other.area && Arc::ptr_eq(&self.graphic, &other.graphic)
    }
}

#[derive(Debug, Default)]
pub struct Easel {
    /// With the numbers by which the terminal knows them.
    shown: Vec<(u32, Hanging)>,
    last: u32,
}

impl Easel {
    /// What takes those away that are not wanted any more. To be sent before a frame is drawn.
    pub fn take_away(&mut self, wanted: &[Hanging]) -> Vec<u8> {
        let (stay, go): (Vec<_>, Vec<_>) =
            self.shown.drain(..).partition(|(_, shown)| wanted.contains(shown));
        self.shown = stay;
        let mut out = Vec::new();
        for (number, gone) in go {
            match gone.graphic.take_away(number) {
                Some(bytes) => out.extend(bytes),
                None => blank(&mut out, gone.area),
            }
        }
        out
    }

    /// What puts those up that are not there yet. To be sent after a frame is drawn.
    pub fn put_up(&mut self, wanted: &[Hanging]) -> Vec<u8> {
        let mut out = Vec::new();
        for new in wanted {
            if self.shown.iter().any(|(_, shown)| shown == new) {
                continue;
            }
            self.last = self.last % 0x00ff_ffff + 1;
            go_to(&mut out, new.area.x, new.area.y);
            out.extend(new.graphic.put(self.last));
            self.shown.push((self.last, new.clone()));
        }
        out
    }

    /// The screen was cleared, or is given back: what is left to be sent for the pictures.
    pub fn clear(&mut self) -> Vec<u8> {
        self.take_away(&[])
    }
}

fn go_to(out: &mut Vec<u8>, x: u16, y: u16) {
    let _ = write!(out, "\x1b[{};{}H", y.saturating_add(1), x.saturating_add(1));
}

fn blank(out: &mut Vec<u8>, area: Rect) {
    out.extend_from_slice(b"\x1b[0m");
    for y in area.top()..area.bottom() {
        go_to(out, area.x, y);
        out.extend(std::iter::repeat_n(b' ', area.width.into()));
    }
}

#[cfg(test)]
mod tests {
    use std::slice::from_ref;

    use super::*;
    use crate::tui::photo::{Ink, Look, Means, Paint, Picture, Protocol, draw};

    fn hanging(protocol: Protocol, x: u16) -> Hanging {
        let picture = Picture::new(4, 4, vec![9; 48]).unwrap();
        let means = Means { protocol, ink: Ink::True, cell: (10, 20), limit: 9_999 };
        let drawing = draw(&picture, &Look::default(), (4, 2), &means);
        let Paint::Graphic(graphic) = drawing.paint else { panic!("it is no graphic") };
        Hanging { area: Rect::new(x, 3, drawing.columns, drawing.rows), graphic }
    }

    fn text(bytes: Vec<u8>) -> String {
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn a_picture_goes_up_once_and_is_taken_away_by_its_number() {
        let (mut easel, one, two) =
            (Easel::default(), hanging(Protocol::Kitty, 5), hanging(Protocol::Kitty, 40));
        assert_eq!(easel.take_away(from_ref(&one)), b"");
        let sent = text(easel.put_up(from_ref(&one)));
        assert!(sent.starts_with("\x1b[4;6H\x1b_Ga=T,f=100,i=1,"), "{sent:?}");
        assert_eq!(easel.put_up(from_ref(&one)), b"", "it is there");
        assert_eq!(easel.take_away(&[one.clone(), two.clone()]), b"");
        assert!(text(easel.put_up(&[one.clone(), two.clone()])).contains("i=2,"));
        assert_eq!(text(easel.take_away(&[two])), "\x1b_Ga=d,d=I,i=1,q=2\x1b\\");
        assert_eq!(text(easel.clear()), "\x1b_Ga=d,d=I,i=2,q=2\x1b\\");
        assert_eq!(easel.clear(), b"");
    }

    #[test]
    fn what_has_no_number_is_written_over() {
        for protocol in [Protocol::Sixel, Protocol::Iterm2] {
            let (mut easel, one) = (Easel::default(), hanging(protocol, 0));
            easel.put_up(from_ref(&one));
            let sent = text(easel.take_away(&[]));
            let blanks = " ".repeat(one.area.width.into());
            assert!(
                sent.starts_with(&format!("\x1b[0m\x1b[4;1H{blanks}\x1b[5;1H{blanks}")),
                "{sent:?}"
            );
        }
    }

    #[test]
    fn one_that_moves_is_taken_away_and_put_up_again() {
        let (mut easel, one) = (Easel::default(), hanging(Protocol::Kitty, 5));
        easel.put_up(from_ref(&one));
        let moved = Hanging { area: Rect { x: 9, ..one.area }, ..one };
        assert!(text(easel.take_away(from_ref(&moved))).contains("i=1,"));
        assert!(text(easel.put_up(&[moved])).starts_with("\x1b[4;10H"));
    }
}
