"""The plug of a simulated device that is on a simulated USB bus."""

import asyncio
import socket

from hardware.link import FdLink, Link
from hardware.sim.usb_bus import SimUsbBus, SimUsbDevice


class UsbPlug:
    """A `hardware.sim.line.Plug` that is a device on a bus."""

    def __init__(self, bus: SimUsbBus, device: SimUsbDevice) -> None:
        """Plug it in."""
        self._bus = bus
        self.device = device
        self._near: socket.socket | None = None
        self._fresh = asyncio.Event()
        self.replug()

    @property
    def url(self) -> str:
        """The device URL."""
        serial = f"?serial={self.device.serial}" if self.device.serial else ""
        return f"usb://{self.device.vendor_id:04x}:{self.device.product_id:04x}{serial}"

    async def open(self) -> Link:
        """The simulator's end, once after every plugging in."""
        while True:
            await self._fresh.wait()
            self._fresh.clear()
            if self._near is not None:
                return FdLink(self._near.fileno(), lambda: None)

    def unplug(self) -> None:
        """Off the bus; whoever waits for bytes hears of it."""
        if self.device in self._bus.devices:
            self._bus.devices.remove(self.device)
        self.device.cut_off()
        near, self._near = self._near, None
        if near is not None:
            near.close()

    def replug(self) -> None:
        """On the bus again; the kernel's driver takes it at once."""
        if self._near is not None:
            return
        self._near, self.device.wire = socket.socketpair()
        self._near.setblocking(False)  # noqa: FBT003 - the standard library's signature
        self.device.claimed_by = None
        self.device.has_kernel_driver = self.device.interface_class == 7  # noqa: PLR2004 - usblp
        self._bus.devices.append(self.device)
        self._fresh.set()
