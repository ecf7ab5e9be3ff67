#pragma once

#include "hub/outgoing.hpp"
#include "hub/queue_budget.hpp"
#include "net/segment.hpp"

#include <boost/unordered/unordered_flat_map.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string_view>

namespace cresset::hub {

// What waits in a session for a client that reads more slowly than it is sent to: behind what its
// connection has queued, in order of sending, so that a message can still give way to another.
// Unbounded by itself: who pushes looks at bytes() first. Its shard's thread alone.
class backlog
{
public:
    explicit backlog(budget_share& budget) noexcept : budget_(budget) {}
    ~backlog() { budget_.subtract(bytes_); }
    backlog(const backlog&) = delete;
    backlog& operator=(const backlog&) = delete;

    struct entry
    {
        net::segment_ref frame; // null where it has given way
        label_ref label;        // null for the server's own, which never give way
        bool to_seal;           // under the session's key, when it leaves

        std::size_t bytes() const noexcept;
    };

    bool empty() const noexcept { return size() == 0; }
    std::size_t size() const noexcept { return entries_.size() - gone_; }

    // Of the frames, and what it takes to keep them.
    std::size_t bytes() const noexcept { return bytes_; }

    // Returns the entry of the same key that it replaces, if there is one.
    std::optional<entry> push(entry added);

    // The one that has waited longest. There must be one.
    entry pop();

    // Takes out the one that has waited longest of those that give way; nothing if there is none.
    std::optional<entry> give_way();

private:
    // The entries' numbers count up from the first that was ever pushed.
    entry& at(std::uint64_t number) noexcept { return entries_[number - first_]; }

    entry take_out(std::uint64_t number);
    void forget_key(const entry& e, std::uint64_t number);
    void trim();

    budget_share& budget_;
    std::deque<entry> entries_;
    std::uint64_t first_ = 0; // number of the front
    std::uint64_t asked_ = 0; // below it, none is left that gives way
    std::size_t gone_ = 0;    // entries without a frame
    std::size_t bytes_ = 0;
    boost::unordered_flat_map<std::string_view, std::uint64_t> latest_; // keys of labels
};

} // namespace cresset::hub
