#pragma once

#include "base/split_table.hpp"

#include <boost/container/small_vector.hpp>
#include <boost/unordered/unordered_flat_map.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace cresset::hub {

enum class group_kind : std::uint8_t
{
    everyone,
    room,
    user
};

struct group_key
{
    group_kind kind;
    std::string_view name; // empty for everyone

    friend bool operator==(const group_key&, const group_key&) = default;
};

struct group_key_hash
{
    using is_avalanching = void;
    std::size_t operator()(const group_key& key) const noexcept;
};

// A session's place in a group: which group, and where in its array.
struct membership
{
    std::uint32_t group;
    std::uint32_t position;
};

// What a session keeps of the groups that it is in. The group_table's to change.
// Everyone, two rooms and a user are most sessions' all.
using memberships = boost::container::small_vector<membership, 4>;

// The named sets of sessions of one shard: everyone, rooms, users. A group exists while it has a
// member. Members are a flat array of session slots, so that fanning out is a plain loop; leaving
// moves the last member into the gap. One thread's.
class group_table
{
public:
    static constexpr std::uint32_t none = 0xffff'ffff;

    // Tells where a session keeps its memberships, by its slot.
    class owner
    {
    public:
        virtual memberships& memberships_of(std::uint32_t session) noexcept = 0;

        // A group came to be, or its last member left.
        virtual void on_group_added(const group_key& key) = 0;
        virtual void on_group_removed(const group_key& key) = 0;

    protected:
        ~owner() = default;
    };

    explicit group_table(owner& o) noexcept : owner_(o) {}

    // False if the session is in it already.
    bool join(std::uint32_t session, const group_key& key);

    // False if the session is not in it.
    bool leave(std::uint32_t session, const group_key& key);

    void leave_all(std::uint32_t session);

    bool contains(std::uint32_t session, const group_key& key) const noexcept;

    // The members' slots, in no order; empty if there is no such group. Valid until the next
    // change.
    const std::vector<std::uint32_t>& members(const group_key& key) const noexcept;

    // The names of all groups of that kind that the session is in, in no order.
    std::vector<std::string> names_of(std::uint32_t session, group_kind kind) const;

    // The name of the first group of that kind that the session is in; empty if there is none.
    std::string_view name_of(std::uint32_t session, group_kind kind) const noexcept;

private:
    struct group
    {
        group_kind kind;
        std::string name;
        std::vector<std::uint32_t> members;

        group_key key() const noexcept { return {kind, name}; }
    };

    std::uint32_t find(const group_key& key) const noexcept;
    std::uint32_t find_or_add(const group_key& key);
    void remove(const membership& place);
    void drop_if_empty(std::uint32_t index);

    owner& owner_;
    std::vector<std::unique_ptr<group>> groups_; // null where free_ points
    std::vector<std::uint32_t> free_;
    // The keys look into the groups' own names.
    base::split_table<boost::unordered_flat_map<group_key, std::uint32_t, group_key_hash>> index_;
};

} // namespace cresset::hub
