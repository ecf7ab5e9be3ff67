#pragma once

#include "redis/cluster_watch.hpp"
#include "redis/publication.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <span>
#include <vector>

namespace cresset::redis {

// What waits to be published with sharded Pub/Sub, in one order: in the lane of the master that
// serves its slot, or parked while nobody does or it has to wait. When a slot changes its lane, its
// messages change theirs. All together are bounded; the oldest give way.
//
// From any thread.
class shard_queue
{
public:
    using messages = std::deque<publication>; // in the order of their numbers

    // What waits for one master. Its owner keeps it until no slot has it, and then it is empty.
    class lane
    {
        friend class shard_queue;
        messages waiting_; // under the queue's mutex_
    };

    // Where the messages of a slot wait; parked without a lane. All are parked at first.
    struct route
    {
        std::uint16_t slot;
        lane* to;
    };

    // Where a message is now.
    enum class place : std::uint8_t
    {
        in_lane,
        parked,
        nowhere // it is larger than all of the queue, or the queue is closed
    };

    explicit shard_queue(std::size_t bytes_max);

    // Before any slot has it, and when none has it any more.
    void add(lane& l);
    void remove(lane& l);

    // Numbers a message. Those that make room for it are moved to `given_way`.
    place push(publication p, std::vector<publication>& given_way);

    // What was taken from a lane and has to wait again, where its number says.
    void put_back(publication p, std::vector<publication>& given_way);

    void direct(std::span<const route> routes);

    // The oldest of a lane: as many as it takes to come to `bytes`.
    std::vector<publication> take(lane& from, std::size_t bytes);

    // Those of a slot that were published before a number.
    std::vector<publication> take_older(std::uint16_t slot, std::uint64_t number);

    // Takes no more from now on, and gives all there is.
    std::vector<publication> close();

    std::size_t bytes() const;

private:
    messages& place_of(std::uint16_t slot) noexcept;
    void make_room(std::vector<publication>& given_way);
    publication take_first(messages& from);
    void sort_out(messages& from);

    const std::size_t bytes_max_;
    mutable std::mutex mutex_;
    std::vector<lane*> lane_of_slot_; // under mutex_, as all below
    std::vector<messages*> places_;   // all that messages can wait in
    messages parked_;
    std::size_t bytes_ = 0;
    std::uint64_t last_number_ = 0;
    bool closed_ = false;
};

} // namespace cresset::redis
