#include "broker/channels.hpp"

#include <cstdint>

namespace cresset::broker {
namespace {

using protocol::target_kind;

// "room:lobby", "broadcast".
std::string local_name(target_kind kind, std::string_view target)
{
    std::string name(name_of(kind));
    if (kind != target_kind::broadcast)
        name.append(":").append(target);
    return name;
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
    std::string name = local_name(kind, target);
    if (!sharded())
        return prefix_ + name;
    if (kind != target_kind::broadcast)
        name = std::to_string(stable_hash(name) % partitions_);
    return prefix_ + "shard:" + name;
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
    return pattern.append(local_name(kind, "*"));
}

std::string channel_names::probe(std::string_view id) const
{
    return std::string(prefix_).append("probe:").append(id);
}

} // namespace cresset::broker
