//! Words for what a secret is, in the languages that people write configuration, comments and reasons in.
//!
//! Expressions; accents may be left out, as they are where keyboards lack them, and what stands between words may be
//! anything or nothing, as in names of variables.

/// Between the words of one: `mot de passe`, `motdepasse`, `mot_de_passe`, `mot+de+passe`.
const BETWEEN: &str = "(?:[ _+-]|%20)*";

const WORDS: &[&str] = &[
    // French, Catalan, Galician, Basque.
    "mots?~de~passe",
    r"(?:\b|_)mdp",
    "code~secret",
    "phrase~secr(?:è|e)te",
    "cl(?:é|ef|e)~(?:secr(?:è|e)te|priv(?:é|e)e|api|d'acc(?:è|e)s)",
    "contrasenya",
    "contrasinal",
    "pasahitza",
    // German, Dutch, the North.
    "kennw(?:ö|oe|o)rt(?:er)?",
    "passw(?:ö|oe|o)rter",
    "losungswort",
    "(?:zugangs|geheim|freischalt)(?:code|daten|wort|nummer|schl(?:ü|ue|u)ssel)",
    "geheimnis",
    "api~schl(?:ü|ue|u)ssel",
    "wachtwoord(?:en)?",
    "toegangscode",
    "api~sleutel",
    "l(?:ö|oe|o)senord",
    "passord",
    "adgangskode",
    "kodeord",
    "lykilor(?:ð|d)",
    // Spanish, Portuguese, Italian, Romanian.
    r"contrase(?:ñ|nn|nh|ni|n|%c3%b1|\\+u00f1)as?",
    r"(?:\b|_)claves?(?:~(?:secreta|privada|de~acceso))?",
    "palabra~clave",
    "senhas?",
    "palavra~(?:passe|chave)",
    "chave~(?:secreta|privada|api|de~acesso|de~api)",
    "chiave~(?:segreta|privata|api|d'accesso)",
    "parola~(?:d'ordine|chiave)",
    // One word from the Baltic to the Bosporus.
    "paro(?:ol|l)(?:a|ă|e|i|ja)?",
    // Polish, Czech, Slovak, the South Slavs, Hungarian, Finnish, the Baltic.
    "has(?:ł|l)[aoeu]",
    "klucz~(?:api|prywatny|tajny)",
    "hesl[ao]",
    "geslo",
    "lozinka",
    "zaporka",
    "(?:š|s)ifra",
    "jelsz(?:ó|o)",
    "salas(?:õ|o|a)na",
    "slapta(?:ž|z)odis",
    // Turkish, Albanian, Celtic.
    "(?:ş|s)ifre(?:si)?",
    "fjal(?:ë|e)kalimi?",
    "cyfrinair",
    "pasfhocal",
    // Cyrillic, Greek, Armenian, Georgian.
    "парол(?:ь|я|и|ю|ем|а)",
    "лозинка",
    "шифра",
    "секрет",
    "құпия~сөз",
    "κωδικ(?:ό|ο)ς(?:~πρ(?:ό|ο)σβασης)?",
    "συνθηματικ(?:ό|ο)",
    "գաղտնաբառ",
    "პაროლი",
    // Vietnamese, Malay and Indonesian, Swahili, Hindi, Bengali, Tamil, Thai.
    "m(?:ậ|a)t~kh(?:ẩ|a)u",
    "kata~(?:sandi|laluan|kunci)",
    "nenosiri",
    "पासवर्ड",
    "পাসওয়ার্ড",
    "கடவுச்சொல்",
    "รหัสผ่าน",
    // Arabic, Persian, Urdu, Hebrew.
    "كلمة~(?:المرور|السر|مرور)",
    "رمز~عبور",
    "گذرواژه",
    "پاس~ورڈ",
    "סיסמה|סיסמא",
];
/// Those of scripts without spaces.
const TOGETHER: &[&str] = &[
    "パスワード",
    "ﾊﾟｽﾜｰﾄﾞ",
    "パスフレーズ",
    "暗証番号",
    "合言葉",
    "秘密鍵",
    "アクセスキー",
    "apiキー",
    "トークン",
    "密码",
    "密碼",
    "口令",
    "密钥",
    "密鑰",
    "令牌",
    "비밀번호",
    "암호",
    "패스워드",
    "토큰",
];

/// All of them, one beside the other.
pub(super) fn words() -> String {
    format!("{}|{}", WORDS.join("|").replace('~', BETWEEN), together())
}

/// Those that a value follows without a space.
pub(super) fn together() -> String {
    TOGETHER.join("|")
}
