// A defect that has to be found: one byte written behind a buffer, where only an input that begins
// in a certain way gets. Where this target finds nothing, neither would the others: the compiler,
// its sanitizers, or how they are run is broken.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    constexpr std::size_t room = 16;
    if (size < room || std::memcmp(data, "coal", 4) != 0)
        return 0;
    const auto buffer = std::make_unique<std::uint8_t[]>(room);
    std::size_t written = 0;
    for (std::size_t i = 4; i < size && written <= room; ++i) // one too many
        if (data[i] >= 0x80)
            buffer[written++] = data[i];
    return 0;
}
