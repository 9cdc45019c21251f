//! A file of numbers and switches, named on the command line or by its variable.

use serde_json::json;

use crate::running::{Lab, free_ports};

#[tokio::test]
async fn a_lab_starts_with_the_numbers_and_switches_of_its_file() {
    let scenario = json!({
        "numbers": { "+34911234567": { "note": "hangs up at once", "program": "tone", "steps": [
            { "after": "invite", "ms": 0, "do": "ring" },
            { "after": "invite", "ms": 1500, "do": "answer" },
            { "after": "answer", "ms": 0, "do": "hang_up" },
        ]}},
        "switches": { "webhook_4xx": "retried" },
    });
    let name = format!("tono-lab-scenario-{}.json", std::process::id());
    let file = std::env::temp_dir().join(name);
    std::fs::write(&file, scenario.to_string()).unwrap();
    let path = file.to_str().unwrap();
    for (variables, arguments) in
        [(vec![], vec!["--scenario", path]), (vec![("TONO_LAB_SCENARIO", path)], vec![])]
    {
        let lab = Lab::start(free_ports(), &variables, &arguments).await;
        let number = lab.get("/lab/numbers/+34911234567").await;
        assert_eq!(number.to_string().matches("hangs up at once").count(), 1);
        assert_eq!(lab.get("/lab/switches").await["webhook_4xx"], "retried");

        let applications = lab.get("/v2/call_control_applications").await;
        let application = &applications["data"][0]["id"];
        let dial =
            json!({ "connection_id": application, "from": "+12025550142", "to": "+34911234567" });
        let dialled = lab.post("/v2/calls", &dial).await;
        lab.post("/lab/clock", &json!({ "advance_ms": 1500 })).await;
        let leg = dialled["data"]["call_leg_id"].as_str().unwrap();
        let ended = lab.get(&format!("/lab/legs/{leg}")).await;
        assert_eq!((&ended["state"], &ended["hangup_source"]), (&json!("ended"), &json!("callee")));
    }
    std::fs::remove_file(file).unwrap();
}
