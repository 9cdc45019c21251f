//! Whether the browser would let us have a microphone: asked without asking the person, and again when that changes.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    EventTarget, MediaDeviceInfo, MediaDeviceKind, MediaDevices, Navigator, PermissionState,
    PermissionStatus,
};

use crate::boxed::spawn;
use crate::line::Listener;

/// What there is. Which devices, is nobody's business.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Found {
    /// Whether the person, or somebody for all pages, forbids the microphone.
    pub(crate) blocked: bool,
    /// How many microphones there are.
    pub(crate) microphones: u32,
    /// How many loudspeakers and headphones.
    pub(crate) speakers: u32,
}

/// Tells what there is, whenever it may have changed, until dropped.
pub(crate) struct Inputs {
    tell: Box<dyn Fn(Found)>,
    devices: MediaDevices,
    /// Browsers that do not know this permission say nothing of it before they are asked for a microphone.
    permission: RefCell<Option<PermissionStatus>>,
    listeners: RefCell<Vec<Listener>>,
}

impl Inputs {
    /// Begins to tell. Fails where the page may not have devices at all: it has to come over HTTPS or from this machine.
    pub(crate) fn watch(tell: impl Fn(Found) + 'static) -> Result<Rc<Self>, JsValue> {
        let navigator = web_sys::window().ok_or(JsValue::NULL)?.navigator();
        let devices = navigator.media_devices()?;
        let inputs = Rc::new(Self {
            tell: Box::new(tell),
            devices: devices.clone(),
            permission: RefCell::default(),
            listeners: RefCell::default(),
        });
        inputs.listen(&devices, "devicechange")?;
        let asks = Rc::clone(&inputs);
        spawn(async move {
            // Of a browser that does not know the permission, the devices say enough.
            let _ = asks.ask_permission(&navigator).await;
            asks.look();
        });
        Ok(inputs)
    }

    async fn ask_permission(self: &Rc<Self>, navigator: &Navigator) -> Result<(), JsValue> {
        let wanted = js_sys::Object::new();
        js_sys::Reflect::set(&wanted, &"name".into(), &"microphone".into())?;
        let status = JsFuture::from(navigator.permissions()?.query(&wanted)?).await?;
        let status: PermissionStatus = status.unchecked_into();
        self.listen(&status, "change")?;
        self.permission.replace(Some(status));
        Ok(())
    }

    fn listen(self: &Rc<Self>, to: &EventTarget, event: &'static str) -> Result<(), JsValue> {
        let inputs = Rc::downgrade(self);
        let listener = Listener::new(to, event, move |_| {
            if let Some(inputs) = inputs.upgrade() {
                inputs.look();
            }
        })?;
        self.listeners.borrow_mut().push(listener);
        Ok(())
    }

    /// Looks, and tells.
    pub(crate) fn look(self: &Rc<Self>) {
        let inputs = Rc::clone(self);
        spawn(async move {
            let Ok(listed) = inputs.devices.enumerate_devices() else { return };
            let Ok(listed) = JsFuture::from(listed).await else { return };
            let state = inputs.permission.borrow().as_ref().map(PermissionStatus::state);
            let blocked = state == Some(PermissionState::Denied);
            let mut found = Found { blocked, microphones: 0, speakers: 0 };
            for device in js_sys::Array::from(&listed).iter() {
                match device.unchecked_into::<MediaDeviceInfo>().kind() {
                    MediaDeviceKind::Audioinput => found.microphones += 1,
                    MediaDeviceKind::Audiooutput => found.speakers += 1,
                    // A camera, or what a browser newer than our bindings has.
                    MediaDeviceKind::Videoinput | _ => {}
                }
            }
            (inputs.tell)(found);
        });
    }
}
