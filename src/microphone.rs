//! Whether the browser would let us have a microphone: asked without asking the person, and again when that changes.

use std::cell::RefCell;
use std::rc::Rc;

use call::phone::Input;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{MediaDeviceInfo, MediaDeviceKind, MediaDevices, PermissionState, PermissionStatus};

use crate::boxed::spawn;
use crate::line::Listener;

/// Tells what there is to say of the microphone, now and whenever it changes, until dropped.
pub(crate) struct Inputs {
    tell: Box<dyn Fn(Input)>,
    devices: MediaDevices,
    /// Browsers that do not know this permission say nothing of it before they are asked for a microphone.
    permission: RefCell<Option<PermissionStatus>>,
    listeners: RefCell<Vec<Listener>>,
}

impl Inputs {
    /// Begins to tell. Fails where the page may not have devices at all: it has to come over HTTPS or from this machine.
    pub(crate) fn watch(tell: impl Fn(Input) + 'static) -> Result<Rc<Self>, JsValue> {
        let navigator = web_sys::window().ok_or(JsValue::NULL)?.navigator();
        let devices = navigator.media_devices()?;
        let inputs = Rc::new(Self {
            tell: Box::new(tell),
            devices: devices.clone(),
            permission: RefCell::default(),
            listeners: RefCell::default(),
        });
        inputs.listen(&devices, "devicechange")?;
        let watching = Rc::clone(&inputs);
        spawn(async move {
            // Who does not know the permission is asked for devices alone.
            let _ = watching.ask_permission(&navigator).await;
            watching.look();
        });
        Ok(inputs)
    }

    async fn ask_permission(
        self: &Rc<Self>,
        navigator: &web_sys::Navigator,
    ) -> Result<(), JsValue> {
        let wanted = js_sys::Object::new();
        js_sys::Reflect::set(&wanted, &"name".into(), &"microphone".into())?;
        let status = JsFuture::from(navigator.permissions()?.query(&wanted)?).await?;
        let status: PermissionStatus = status.unchecked_into();
        self.listen(&status, "change")?;
        self.permission.replace(Some(status));
        Ok(())
    }

    fn listen(
        self: &Rc<Self>,
        to: &web_sys::EventTarget,
        event: &'static str,
    ) -> Result<(), JsValue> {
        let inputs = Rc::downgrade(self);
        let listener = Listener::new(to, event, move |_| {
            if let Some(inputs) = inputs.upgrade() {
                inputs.look();
            }
        })?;
        self.listeners.borrow_mut().push(listener);
        Ok(())
    }

    fn look(self: &Rc<Self>) {
        let inputs = Rc::clone(self);
        spawn(async move {
            let permission = inputs.permission.borrow().as_ref().map(PermissionStatus::state);
            if permission == Some(PermissionState::Denied) {
                return (inputs.tell)(Input::Blocked);
            }
            let Ok(list) = inputs.devices.enumerate_devices() else { return };
            let Ok(list) = JsFuture::from(list).await else { return };
            let hears = |device: JsValue| {
                device.unchecked_into::<MediaDeviceInfo>().kind() == MediaDeviceKind::Audioinput
            };
            let any = list.unchecked_into::<js_sys::Array>().iter().any(hears);
            (inputs.tell)(if any { Input::Usable } else { Input::Missing });
        });
    }
}
