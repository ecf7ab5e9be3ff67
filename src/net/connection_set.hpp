#pragma once

#include "base/slab.hpp"
#include "net/connection.hpp"
#include "net/event_loop.hpp"
#include "net/write_queue.hpp"

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

namespace cresset::net {

// Bytes that may be read behind what on_data is given: parsers read whole vectors.
inline constexpr std::size_t receive_padding = 64;

// The connections of one loop and what they share: the buffers, the pool of their queues,
// and the lists of those that have something to send or are over at the end of the turn.
class connection_set final : public turn_end
{
public:
    explicit connection_set(event_loop& loop);
    ~connection_set();
    connection_set(const connection_set&) = delete;
    connection_set& operator=(const connection_set&) = delete;

    // Takes over a connected non-blocking socket, and starts to read. The handler lives until its
    // on_closed. Throws std::system_error, with the socket closed, if the loop can't watch it.
    connection& adopt(int descriptor, connection::handler& h);

    std::size_t size() const noexcept { return connections_.size(); }

    void close_all() noexcept;

    event_loop& loop() noexcept { return loop_; }

private:
    friend class connection;

    // One read takes at most this: enough for a good many messages, little enough for the cache.
    static constexpr std::size_t receive_bytes = 64 * 1024;

    // One write of small segments takes at most this.
    static constexpr std::size_t send_bytes = 64 * 1024;

    bool on_turn_end() override;
    void flush_dirty();
    void reap_closed();

    event_loop& loop_;
    chunk_pool chunks_;
    std::unique_ptr<char[]> receive_buffer_;
    std::unique_ptr<char[]> send_buffer_;
    std::vector<connection*> dirty_;
    std::vector<connection*> flushing_;
    std::vector<connection*> closed_;
    base::slab<connection> connections_;
};

} // namespace cresset::net
