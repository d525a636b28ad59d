/// Faults on the real process: crashes, power cuts, full and failing disks, jumping clocks, slow
/// clients. Each test loads a hub, harms it, and compares what it keeps with what it promised.
@NullMarked
package dev.meshkore.hub.faults;

import org.jspecify.annotations.NullMarked;
