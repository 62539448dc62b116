//! The first page: what this is for, every way in, and that nothing is uploaded.

use leptos::prelude::*;

use crate::state::Launch;
use crate::state::intake::Sample;
use crate::view::drop::with_intake;
use crate::view::icon::Icon;
use crate::view::icon::Seal;
use crate::view::panels::use_desk;
use crate::view::panels::use_panels;
use crate::view::parts::Command;
use crate::view::parts::PasteBox;
use crate::view::parts::can_connect;

/// What is shown until something has been opened.
#[component]
pub(crate) fn EmptyPage() -> impl IntoView {
    let desk = use_desk();
    view! {
        <main id="empty-page" class="empty">
            <div class="empty-column">
                <Seal />
                <h1>"Prove that AWS CloudTrail logs are unchanged, and see what they say."</h1>
                <p class="empty-lead">"Drop a folder or a zip file of log files, digest files and public keys anywhere on this page, or an evidence pack. Every file is checked against AWS’s signatures, here, in this browser."</p>
                {move || match desk.launch.get() {
                    Launch::Failed(why) => view! { <p class="alert" role="alert">"The dashboard could not start its worker. "{why}</p> }.into_any(),
                    _ => ().into_any(),
                }}
                <WaysIn />
                <p class="empty-privacy"><Icon name="lock" />{privacy()}</p>
                <PasteBox id="paste-first" placeholder="Presigned URLs, one a line; or the JSON of public keys or of head-object" />
                <Fetching />
            </div>
        </main>
    }
}

#[component]
fn WaysIn() -> impl IntoView {
    let (desk, panels) = (use_desk(), use_panels());
    let is_down = move || desk.launch.get() != Launch::Ready;
    let press = |node: NodeRef<leptos::html::Input>| drop(node.get_untracked().inspect(|input| input.click()));
    let sample = move |sample| with_intake(desk, |intake| intake.open_sample(sample));
    view! {
        <div class="ways">
            <button id="choose-folder" type="button" class="button primary" disabled=is_down on:click=move |_| press(panels.pick_folder)>"Choose folder"</button>
            <button id="choose-files" type="button" class="button" disabled=is_down on:click=move |_| press(panels.pick_files)>"Choose files"</button>
            <span class="ways-or">"or"</span>
            <button id="open-sample" type="button" class="button" disabled=is_down on:click=move |_| sample(Sample::Whole)>"Open the sample trail"</button>
            <button id="open-tampered" type="button" class="button" disabled=is_down on:click=move |_| sample(Sample::Tampered)>"Open the tampered twin"</button>
        </div>
    }
}

#[component]
fn Fetching() -> impl IntoView {
    view! {
        <details class="fetching">
            <summary>"How to fetch logs, digests and keys with the AWS CLI"</summary>
            <ol>
                <li>"Logs and digests of a trail; both folders are needed."
                    <Command text="aws s3 sync s3://BUCKET/AWSLogs/ACCOUNT/ trail/ --exclude \"*\" --include \"CloudTrail/REGION/2026/03/*\" --include \"CloudTrail-Digest/REGION/2026/03/*\"" /></li>
                <li>"The public keys of that time and Region."
                    <Command text="aws cloudtrail list-public-keys --region REGION --start-time 2026-03-01T00:00:00Z --end-time 2026-04-01T00:00:00Z > trail/keys.json" /></li>
                <li>"The newest digest’s signature lies in its S3 metadata only."
                    <Command text="aws s3api head-object --bucket BUCKET --key AWSLogs/ACCOUNT/CloudTrail-Digest/REGION/…json.gz > trail/head-object.json" /></li>
            </ol>
        </details>
    }
}

fn privacy() -> &'static str {
    if can_connect() {
        "Nothing is uploaded: files are read inside this page. It connects only to the S3 addresses that you paste."
    } else {
        "Nothing is uploaded: files are read inside this page, and its policy forbids it to connect anywhere."
    }
}
