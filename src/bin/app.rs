//! The page.

use trailseal::view::App;

fn main() {
    // The console says where it fell; what people read comes from `boot.js`.
    std::panic::set_hook(Box::new(|fall| leptos::logging::error!("{fall}")));
    leptos::mount::mount_to_body(App);
}
