#pragma once

namespace cresset::net {

// Makes the kernel's table of the process's descriptors large enough for as many as may be open, up
// to 65,536 (8 bytes each), now. Grown later, by an accept, it holds up that thread for 8 to 16 ms
// each time it doubles, as long as the process has other threads. Does nothing where it fails.
void reserve_descriptors() noexcept;

} // namespace cresset::net
