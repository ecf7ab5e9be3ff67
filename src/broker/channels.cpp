#include "broker/channels.hpp"

#include <cstdint>

namespace cresset::broker {
namespace {

using protocol::target_kind;

std::string_view name_of(target_kind kind)
{
    switch (kind) {
    case target_kind::client:
        return "client:";
    case target_kind::user:
        return "user:";
    case target_kind::room:
        return "room:";
    case target_kind::broadcast:
        break;
    }
    return "broadcast";
}

// FNV-1a, 64 bits: every node of a fleet has to come to the same partition, on any machine.
std::uint64_t stable_hash(std::string_view text)
{
    std::uint64_t hash = 0xcbf2'9ce4'8422'2325;
    for (const char c : text) {
        hash ^= static_cast<unsigned char>(c);
        hash *= 0x0000'0100'0000'01b3;
    }
    return hash;
}

} // namespace

std::string channel_names::of(target_kind kind, std::string_view target) const
{
    const std::string_view name = name_of(kind);
    if (!sharded())
        return std::string(prefix_).append(name).append(target);
    std::string channel = prefix_ + "shard:";
    if (kind == target_kind::broadcast)
        return channel.append(name);
    const std::uint64_t hash = stable_hash(std::string(name).append(target));
    return channel.append(std::to_string(hash % partitions_));
}

std::string channel_names::pattern_of(target_kind kind) const
{
    // The prefix means itself: what a pattern would take for its own is escaped.
    std::string pattern;
    for (const char c : prefix_) {
        if (std::string_view("*?[]^\\").find(c) != std::string_view::npos)
            pattern += '\\';
        pattern += c;
    }
    return pattern.append(name_of(kind)).append("*");
}

std::string channel_names::probe(std::string_view id) const
{
    return std::string(prefix_).append("probe:").append(id);
}

} // namespace cresset::broker
