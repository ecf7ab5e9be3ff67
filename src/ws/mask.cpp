#include "ws/mask.hpp"

#include <cstdint>
#include <cstring>

namespace cresset::ws {
namespace {

using words = std::array<std::uint64_t, 4>;

} // namespace

void unmask(std::span<char> bytes, const mask_key& key, std::size_t phase) noexcept
{
    mask_key turned;
    for (std::size_t i = 0; i < turned.size(); ++i)
        turned[i] = key[(phase + i) % key.size()];

    // The key as it lies in memory, so that the byte order of the machine does not matter.
    std::uint32_t narrow;
    std::memcpy(&narrow, turned.data(), sizeof narrow);
    const std::uint64_t wide = std::uint64_t{narrow} << 32 | narrow;

    char* at = bytes.data();
    std::size_t left = bytes.size();
    // A fixed number of words a step, which the compiler makes vectors of at -O2 already.
    for (; left >= sizeof(words); at += sizeof(words), left -= sizeof(words)) {
        words block;
        std::memcpy(block.data(), at, sizeof block);
        for (std::uint64_t& word : block)
            word ^= wide;
        std::memcpy(at, block.data(), sizeof block);
    }
    for (; left >= sizeof wide; at += sizeof wide, left -= sizeof wide) {
        std::uint64_t word;
        std::memcpy(&word, at, sizeof word);
        word ^= wide;
        std::memcpy(at, &word, sizeof word);
    }
    for (std::size_t i = 0; i < left; ++i)
        at[i] = static_cast<char>(at[i] ^ turned[i % turned.size()]);
}

} // namespace cresset::ws
