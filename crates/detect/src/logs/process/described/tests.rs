use serde_json::{Value, json};

use super::data;

fn of(text: &str) -> Value {
    serde_json::from_str(&data(4688, text)).expect("an object")
}

/// The whole text in English, French, German and Japanese, of one process.
const TEXTS: [&str; 4] = [
    "A new process has been created.\r\n\r\nCreator Subject:\r\n\tSecurity ID:\t\tS-1-5-18\r\n\tAccount Name:\t\tWEB-01$\r\n\tAccount Domain:\t\tEXAMPLE\r\n\tLogon ID:\t\t0x3E7\r\n\r\nTarget Subject:\r\n\tSecurity ID:\t\tS-1-0-0\r\n\tAccount Name:\t\t-\r\n\tAccount Domain:\t\t-\r\n\tLogon ID:\t\t0x0\r\n\r\nProcess Information:\r\n\tNew Process ID:\t\t0x1a4\r\n\tNew Process Name:\tC:\\Windows\\powershell.exe\r\n\tToken Elevation Type:\t%%1936\r\n\tMandatory Label:\t\tS-1-16-16384\r\n\tCreator Process ID:\t0x2b8\r\n\tCreator Process Name:\tC:\\ssm\\ssm-document-worker.exe\r\n\tProcess Command Line:\tpowershell -File x.ps1\r\n\r\nToken Elevation Type indicates",
    "Un nouveau processus a été créé.\r\n\r\nSujet du créateur :\r\n\tID de sécurité :\t\tS-1-5-18\r\n\tNom du compte :\t\tWEB-01$\r\n\tDomaine du compte :\t\tEXAMPLE\r\n\tID d’ouverture de session :\t\t0x3E7\r\n\r\nSujet cible :\r\n\tID de sécurité :\t\tS-1-0-0\r\n\tNom du compte :\t\t-\r\n\tDomaine du compte :\t\t-\r\n\tID d’ouverture de session :\t\t0x0\r\n\r\nInformations sur le processus :\r\n\tID du nouveau processus :\t\t0x1a4\r\n\tNom du nouveau processus :\tC:\\Windows\\powershell.exe\r\n\tType d’élévation du jeton :\t%%1936\r\n\tÉtiquette obligatoire :\t\tS-1-16-16384\r\n\tID du processus créateur :\t0x2b8\r\n\tNom du processus créateur :\tC:\\ssm\\ssm-document-worker.exe\r\n\tLigne de commande de processus :\tpowershell -File x.ps1\r\n",
    "Ein neuer Prozess wurde erstellt.\r\n\r\nErstellerantragsteller:\r\n\tSicherheits-ID:\t\tS-1-5-18\r\n\tKontoname:\t\tWEB-01$\r\n\tKontodomäne:\t\tEXAMPLE\r\n\tAnmelde-ID:\t\t0x3E7\r\n\r\nZielantragsteller:\r\n\tKontoname:\t\t-\r\n\r\nProzessinformationen:\r\n\tNeue Prozess-ID:\t\t0x1a4\r\n\tNeuer Prozessname:\tC:\\Windows\\powershell.exe\r\n\tTokenheraufstufungstyp:\t%%1936\r\n\tVerbindliche Beschriftung:\t\tS-1-16-16384\r\n\tErstellerprozess-ID:\t0x2b8\r\n\tErstellerprozessname:\tC:\\ssm\\ssm-document-worker.exe\r\n\tProzessbefehlszeile:\tpowershell -File x.ps1\r\n",
    "新しいプロセスが作成されました。\r\n\r\n作成元サブジェクト:\r\n\tセキュリティ ID:\t\tS-1-5-18\r\n\tアカウント名:\t\tWEB-01$\r\n\tアカウント ドメイン：\t\tEXAMPLE\r\n\tログオン ID:\t\t0x3E7\r\n\r\nプロセス情報:\r\n\t新しいプロセス ID:\t\t0x1a4\r\n\t新しいプロセス名:\tC:\\Windows\\powershell.exe\r\n\tトークン昇格の種類:\t%%1936\r\n\t必須ラベル:\t\tS-1-16-16384\r\n\tクリエーター プロセス ID:\t0x2b8\r\n\tクリエーター プロセス名:\tC:\\ssm\\ssm-document-worker.exe\r\n\tプロセスのコマンド ライン:\tpowershell -File x.ps1\r\n",
];

#[test]
fn security_says_the_same_in_every_language() {
    for text in TEXTS {
        assert_eq!(
            of(text),
            json!({
                "NewProcessName": r"C:\Windows\powershell.exe", "NewProcessId": "0x1a4",
                "ParentProcessName": r"C:\ssm\ssm-document-worker.exe", "ProcessId": "0x2b8",
                "CommandLine": "powershell -File x.ps1", "MandatoryLabel": "S-1-16-16384",
                "SubjectUserName": "WEB-01$", "SubjectDomainName": "EXAMPLE", "SubjectLogonId": "0x3E7",
            }),
            "{text}"
        );
    }
}

#[test]
fn what_is_missing_is_not_made_up() {
    let bare =
        "Un nouveau processus\r\n\tNom du nouveau processus :\tC:\\a.exe\r\n\tID du créateur :\t0x1\r\n";
    assert_eq!(of(bare), json!({"NewProcessName": r"C:\a.exe"}));
    assert_eq!(of("nothing: here"), json!({}));
}
