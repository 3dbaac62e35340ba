//! How this process was called, for the report.

/// The command line of this process, to be run again by copying it; without its token.
pub fn of_this_process() -> String {
    let words = std::env::args_os().skip(1);
    written(words.map(|word| word.to_string_lossy().into_owned()))
}

fn written(words: impl Iterator<Item = String>) -> String {
    let mut command = String::from("umbel");
    let mut secret = false;
    for word in words {
        command.push(' ');
        command += &match word.strip_prefix("--token=") {
            Some(_) => "--token=\"$TOKEN\"".to_owned(),
            None if secret => "\"$TOKEN\"".to_owned(),
            None => quoted(&word),
        };
        secret = word == "--token";
    }
    command
}

/// As a shell takes it for one word.
fn quoted(word: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_./:=,%@+".contains(letter);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::written;

    #[test]
    fn a_command_can_be_run_again_but_holds_no_token() {
        let command = |words: &[&str]| written(words.iter().map(|&word| word.to_owned()));
        assert_eq!(
            command(&["bench", "--rate", "20/s", "--report", "it's $1.html", ""]),
            r"umbel bench --rate 20/s --report 'it'\''s $1.html' ''"
        );
        for words in [&["--token", "secret"][..], &["--token=secret"]] {
            let command = command(words);
            assert!(command.contains("\"$TOKEN\""), "{command}");
            assert!(!command.contains("secret"), "{command}");
        }
    }
}
