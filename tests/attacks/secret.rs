//! Key documents given as HMAC secrets, in many encodings, are refused; random secrets are not.
//!
//! What is refused was made by other software: `vectors/documents.json`.

use base64ct::{Base64, Base64Unpadded, Base64UrlUnpadded, Encoding as _};
use jose_core::{
    VerifyingKey,
    error::{KeyError, KeyForm},
};

use super::support::{Dice, here, json};

/// A document, its name and the form that it has.
struct Document {
    name: String,
    form: KeyForm,
    octets: Vec<u8>,
}

fn documents() -> Vec<Document> {
    let file = json(&here("vectors/documents.json"));
    let documents: Vec<_> = file["documents"].as_array().unwrap().iter().map(document).collect();
    assert!(documents.len() > 200, "{}", documents.len());
    documents
}

fn document(entry: &serde_json::Value) -> Document {
    let form = match entry["form"].as_str().unwrap() {
        "Pem" => KeyForm::Pem,
        "Der" => KeyForm::Der,
        "Jwk" => KeyForm::Jwk,
        "Ssh" => KeyForm::Ssh,
        "Point" => KeyForm::Point,
        other => panic!("{other}"),
    };
    let octets = Base64::decode_vec(entry["base64"].as_str().unwrap()).unwrap();
    Document { name: entry["name"].as_str().unwrap().to_owned(), form, octets }
}

/// Text in lines of so many characters.
fn lines(text: &str, length: usize, end: &str) -> String {
    let lines = text.as_bytes().chunks(length).map(|line| str::from_utf8(line).unwrap());
    lines.flat_map(|line| [line, end]).collect()
}

fn hex(octets: &[u8], separator: &str) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect::<Vec<_>>().join(separator)
}

/// The same text in units of 16 bits.
fn utf16(text: &[u8], mark: &[u8], unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
    [mark.to_vec(), text.iter().flat_map(|octet| unit((*octet).into())).collect()].concat()
}

/// A way to write octets down.
type Wrapping = fn(&[u8]) -> Vec<u8>;

/// What makes text of any octets.
const ENCODINGS: [(&str, Wrapping); 14] = [
    ("base64", |octets| Base64::encode_string(octets).into()),
    ("base64 without padding", |octets| Base64Unpadded::encode_string(octets).into()),
    ("base64url", |octets| Base64UrlUnpadded::encode_string(octets).into()),
    ("base64, lines of 64", |octets| lines(&Base64::encode_string(octets), 64, "\n").into()),
    ("base64, lines of 76, CRLF", |octets| lines(&Base64::encode_string(octets), 76, "\r\n").into()),
    ("base64 after a line break", |octets| format!("\n{}", Base64::encode_string(octets)).into()),
    ("base64 after a blank, in quotes", |octets| format!(" \"{}\"\n", Base64::encode_string(octets)).into()),
    ("hexadecimal", |octets| hex(octets, "").into()),
    ("hexadecimal, upper case", |octets| hex(octets, "").to_uppercase().into()),
    ("hexadecimal, colons", |octets| hex(octets, ":").into()),
    ("hexadecimal, lines of 60", |octets| lines(&hex(octets, " "), 60, "\n    ").into()),
    ("hexadecimal of C", |octets| format!("\\x{}", hex(octets, "\\x")).into()),
    ("base64 in UTF-16LE", |octets| {
        utf16(Base64::encode_string(octets).as_bytes(), b"\xff\xfe", u16::to_le_bytes)
    }),
    ("hexadecimal in UTF-16BE", |octets| utf16(hex(octets, "").as_bytes(), b"", u16::to_be_bytes)),
];

/// What is done to something that is not a point, which has to be the whole.
const AMID: [(&str, Wrapping); 9] = [
    ("base64, one character before", |octets| format!("k{}", Base64::encode_string(octets)).into()),
    ("base64, two before", |octets| {
        format!("k={}", Base64::encode_string(&[b"\xa5", octets].concat())).into()
    }),
    ("base64, three before", |octets| format!("KEY={}", Base64::encode_string(octets)).into()),
    ("base64, one octet in", |octets| Base64::encode_string(&[b"\xa5", octets].concat()).into()),
    ("base64, two octets in", |octets| Base64Unpadded::encode_string(&[b"\xa5\x5a", octets].concat()).into()),
    ("base64, seven before, text after", |octets| {
        format!("base64:k{} and more", Base64::encode_string(octets)).into()
    }),
    ("hexadecimal, one digit before", |octets| format!("a{}", hex(octets, "")).into()),
    ("hexadecimal, 0x", |octets| format!("0x{}", hex(octets, "")).into()),
    ("octets before and after", |octets| [b"\x30\x82\x0a", octets, b"\0"].concat()),
];

/// What is done to text.
const TEXT: [(&str, Wrapping); 10] = [
    ("after white space", |text| [b" \r\n\t", text].concat()),
    ("UTF-16LE", |text| utf16(text, b"", u16::to_le_bytes)),
    ("UTF-16BE", |text| utf16(text, b"", u16::to_be_bytes)),
    ("UTF-16LE with a mark", |text| utf16(text, b"\xff\xfe", u16::to_le_bytes)),
    ("UTF-16BE with a mark", |text| utf16(text, b"\xfe\xff", u16::to_be_bytes)),
    ("UTF-8 with a mark", |text| [b"\xef\xbb\xbf", text].concat()),
    ("a JSON string", |text| serde_json::to_vec(str::from_utf8(text).unwrap()).unwrap()),
    ("a JSON string in one", |text| {
        let once = serde_json::to_string(str::from_utf8(text).unwrap()).unwrap();
        serde_json::to_vec(&once).unwrap()
    }),
    ("single quotes", |text| String::from_utf8(text.to_vec()).unwrap().replace('"', "'").into()),
    ("base64 of UTF-16", |text| Base64::encode_string(&utf16(text, b"\xff\xfe", u16::to_le_bytes)).into()),
];

/// Returns whether HS256 takes these octets as a secret, or why not.
fn judged(octets: &[u8]) -> Result<(), KeyError> {
    VerifyingKey::hs256(octets).map(drop)
}

/// Seen in CVE-2016-5431 and what came after it.
#[test]
fn key_in_a_wrapping() {
    let (mut refused, mut forms) = (0, Vec::new());
    for (number, Document { name, form, octets }) in documents().into_iter().enumerate() {
        let expected = Err(KeyError::SecretIsKeyDocument { form });
        assert_eq!(judged(&octets), expected, "{name}");
        // Every wrapping for short documents of the two most common keys, and one in seven for the others.
        let all = ["rsa-2048 ", "p256 "].iter().any(|key| name.starts_with(key)) && octets.len() < 800;
        let is_text =
            octets.is_ascii() && form != KeyForm::Ssh || name.contains("OpenSSH") && octets.is_ascii();
        let amid = if form == KeyForm::Point { [].iter() } else { AMID.iter() };
        let text = if is_text { TEXT.iter() } else { [].iter() };
        for (place, (wrapping, wrap)) in ENCODINGS.iter().chain(amid).chain(text).enumerate() {
            if !all && (place + number) % 7 != 0 {
                continue;
            }
            // What has been encoded is one level deep: base64 of SSH's base64 is seen by its first
            // characters.
            let wrapped = wrap(&octets);
            assert_eq!(judged(&wrapped), expected, "{name}: {wrapping}\n{:?}", wrapped.escape_ascii());
            refused += 1;
        }
        forms.push(form);
    }
    assert!(refused > 1500, "{refused}");
    for form in [KeyForm::Pem, KeyForm::Der, KeyForm::Jwk, KeyForm::Ssh, KeyForm::Point] {
        assert!(forms.iter().filter(|of| **of == form).count() >= 4, "{form:?}");
    }
}

/// Only a point that is on its curve, and is the whole secret, is refused.
#[test]
fn points_and_what_is_none() {
    for Document { name, octets, .. } in
        documents().into_iter().filter(|document| document.form == KeyForm::Point)
    {
        for wrap in [|octets: &[u8]| octets.to_vec(), ENCODINGS[0].1, ENCODINGS[2].1, ENCODINGS[9].1] {
            assert_eq!(
                judged(&wrap(&octets)),
                Err(KeyError::SecretIsKeyDocument { form: KeyForm::Point }),
                "{name}"
            );
            for place in [0, 1, octets.len() / 2, octets.len() - 1] {
                let mut other = octets.clone();
                other[place] ^= 1;
                assert_eq!(judged(&wrap(&other)), Ok(()), "{name}, octet {place}");
            }
            assert_eq!(judged(&wrap(&octets[..octets.len() - 1])), Ok(()), "{name}");
            assert_eq!(judged(&wrap(&[&octets[..], b"\xa5"].concat())), Ok(()), "{name}");
        }
    }
}

/// Secrets as people make them.
#[test]
fn secrets_are_no_keys() {
    let mut dice = Dice::new(12);
    let mut accepted = 0;
    for round in 0..400_usize {
        let octets = dice.octets(32 + round % 67);
        let mut point = dice.octets(65);
        point[0] = 4;
        let uuid = hex(&octets[..16], "");
        let uuid = [&uuid[..8], &uuid[8..12], &uuid[12..16], &uuid[16..20], &uuid[20..]].join("-");
        let printable: Vec<u8> = octets.iter().map(|octet| b' ' + octet % 95).collect();
        let secrets: [Vec<u8>; 10] = [
            Base64::encode_string(&octets).into(),
            Base64UrlUnpadded::encode_string(&octets).into(),
            lines(&Base64::encode_string(&octets), 64, "\n").into(),
            hex(&octets, "").into(),
            hex(&octets, ":").to_uppercase().into(),
            uuid.into(),
            printable,
            Base64::encode_string(&point).into(),
            point,
            octets,
        ];
        for secret in secrets {
            assert_eq!(judged(&secret), Ok(()), "{}", secret.escape_ascii());
            accepted += 1;
        }
    }
    assert_eq!(accepted, 4_000);
    // The name of an SSH key type without the length before it is not a key.
    for head in
        ["ssh-rsa", "ssh-ed25519", "ecdsa-sha2-nistp256", "sk-ssh-ed25519@openssh.com", "kty:", "kty\":\"E"]
    {
        let secret = [head.as_bytes(), &dice.octets(32)].concat();
        for secret in [hex(&secret, "").into(), Base64::encode_string(&secret).into(), secret] {
            assert_eq!(judged(&secret), Ok(()), "{}", secret.escape_ascii());
        }
    }
    for phrase in [
        "sk-live-3mhXGSE3Mm8Tf5cBqnHqkS1zKDo1QfJ2",
        "correct horse battery staple, and more of it",
        "my ssh-rsa key is not this: use kty as a name, RSA as another",
        "-----------------------------------------------------------",
        "BEGIN PUBLIC KEY, which is a strange passphrase to choose",
        "00000000000000000000000000000000000000000000000000000000000000000",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "4a6f73652773207365637265742069732066696e652068657265",
    ] {
        assert_eq!(judged(phrase.as_bytes()), Ok(()), "{phrase}");
    }
    for fill in 0..=255 {
        for length in [32, 64, 65, 97, 133, 512] {
            assert_eq!(judged(&vec![fill; length]), Ok(()), "{length} of {fill}");
        }
    }
}
