//! RLE Lossless, the writing half: `PackBits` over byte planes (PS3.5 annex G).

/// One frame of 16-bit words, `columns` wide, as the fragment that goes into Pixel Data.
pub(super) fn frame(words: &[u16], columns: usize) -> Vec<u8> {
    let plane = |byte: fn(&u16) -> u8| {
        let mut segment = Vec::new();
        for line in words.chunks(columns) {
            // Annex G.3.1: no run crosses the end of a row.
            pack(&line.iter().map(byte).collect::<Vec<u8>>(), &mut segment);
        }
        if segment.len() % 2 == 1 {
            segment.push(0);
        }
        segment
    };
    let segments = [plane(|word| (word >> 8) as u8), plane(|word| (word & 0xff) as u8)];
    let mut header = [0_u32; 16];
    header[0] = 2;
    header[1] = 64;
    header[2] = 64 + segments[0].len() as u32;
    let mut fragment: Vec<u8> = header.iter().flat_map(|word| word.to_le_bytes()).collect();
    fragment.extend(segments.concat());
    fragment
}

fn pack(line: &[u8], out: &mut Vec<u8>) {
    let mut rest = line;
    while let Some(&first) = rest.first() {
        let run = rest.iter().take(128).take_while(|&&byte| byte == first).count();
        if run >= 3 {
            out.extend([(257 - run) as u8, first]);
            rest = &rest[run..];
            continue;
        }
        let repeats =
            |at: usize| rest.len() >= at + 3 && rest[at] == rest[at + 1] && rest[at] == rest[at + 2];
        let literal = (1..rest.len().min(128)).find(|&at| repeats(at)).unwrap_or(rest.len().min(128));
        out.push((literal - 1) as u8);
        out.extend_from_slice(&rest[..literal]);
        rest = &rest[literal..];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unpack(mut packed: &[u8], length: usize) -> Vec<u8> {
        let mut out = Vec::new();
        while out.len() < length {
            let count = packed[0] as i8;
            if count >= 0 {
                let literal = count as usize + 1;
                out.extend_from_slice(&packed[1..=literal]);
                packed = &packed[1 + literal..];
            } else {
                out.extend(std::iter::repeat_n(packed[1], (1 - i32::from(count)) as usize));
                packed = &packed[2..];
            }
        }
        out
    }

    #[test]
    fn what_is_packed_unpacks_to_itself() {
        let mut line: Vec<u8> = (0..300_u32).map(|i| (i * i % 251) as u8).collect();
        line.extend([7; 300]);
        line.extend([1, 1, 2, 2, 2, 3]);
        let mut packed = Vec::new();

        pack(&line, &mut packed);

        assert_eq!(unpack(&packed, line.len()), line);
    }
}
