//! The page.

use trailseal::view::App;

fn main() {
    leptos::mount::mount_to_body(App);
}
