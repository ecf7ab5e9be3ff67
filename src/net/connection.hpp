#pragma once

#include "base/slab.hpp"
#include "net/event_loop.hpp"
#include "net/tls_stream.hpp"
#include "net/write_queue.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <sys/types.h>

namespace cresset::net {

class connection_set;

// One accepted socket with its queue of bytes to send and its deadline. Between the kernel and a
// handler, which knows what the bytes mean. Belongs to a connection_set and its loop's thread.
//
//   open       reads, and gives what it read to the handler
//   finishing  reads no more for the handler: sends what is queued, says it is done (FIN), and
//              waits a while for the peer to say the same, so that a reset loses nothing queued
//   closed     the socket is gone; at the end of the turn the handler is told, and this destroyed
//
// Sending queues: all that one turn of the loop sends leaves in one gathered write at its end, or
// sooner where it is much. With TLS a write is a record, and all is the same but that a failed
// handshake finishes the connection.
class connection final : public event_source, public timer
{
public:
    // All calls come on the loop's thread, and none after on_closed.
    class handler
    {
    public:
        // Bytes in the loop's shared receive buffer, the handler's to change until it returns.
        // receive_padding bytes behind them may be read.
        virtual void on_data(std::span<char> bytes) = 0;

        // The deadline has passed. Finishing and closed connections have none of the handler's.
        virtual void on_deadline() = 0;

        // It was asked for, and the queue has drained.
        virtual void on_drained() {}

        // The peer sends no more, and the connection finishes by itself. Comes while open only.
        virtual void on_peer_finished() {}

        // It is over, whoever ended it. The connection is destroyed when this returns.
        virtual void on_closed() = 0;

    protected:
        ~handler() = default;
    };

    // How long a finishing connection waits for its peer to take something, or to finish too.
    static constexpr std::chrono::seconds linger{5};

    connection(base::slab<connection>::handle self, connection_set& set, int descriptor,
               handler& h);

    // Speaks TLS from here on, before anything was sent, as one side or the other. What is sent
    // before the handshake is over waits for that; to finish before is to close.
    void begin_tls(std::unique_ptr<tls_stream> stream);

    int descriptor() const noexcept { return descriptor_; }
    bool tls() const noexcept { return tls_ != nullptr; }

    // How long the peer's system has acknowledged nothing, though something was sent, or it was
    // probed; zero if nothing is awaited of it. A call of the kernel.
    std::chrono::milliseconds unacknowledged_for() const noexcept;

    // See tls_stream; empty without TLS.
    std::string tls_client_subject() const { return tls_ ? tls_->client_subject() : std::string(); }

    // Why the handshake failed, for people; empty if it did not.
    std::string tls_failure() const { return tls_failed_ ? tls_->failure() : std::string(); }

    // The new handler takes over from the next event on.
    void set_handler(handler& h) noexcept { handler_ = &h; }

    // Queues bytes; they leave at the end of the turn, or at once where they are many, which can
    // close the connection. After finish or close: dropped.
    void send(segment_ref bytes);

    // What is queued leaves now, as far as the kernel takes it. Can close the connection.
    void write_now();

    // The kernel takes no more for now, so what is queued waits for the peer to read.
    bool blocked() const noexcept { return blocked_; }

    // Bytes queued and not yet taken by the kernel.
    std::size_t queued_bytes() const noexcept { return queue_.bytes(); }

    // One deadline at a time; a new one replaces the old.
    void set_deadline(std::chrono::milliseconds delay) noexcept;
    void clear_deadline() noexcept;

    // Calls on_drained once, when the queue has drained, in this turn at the earliest.
    void tell_when_drained();

    // Reads nothing until the queue has drained, then calls on_drained. With an empty queue: does
    // nothing, since there is nothing to wait for.
    void pause_until_drained();

    // Reads nothing until resume. To be short: how the peer ends is not seen meanwhile either.
    void pause();
    void resume();

    // Sends what is queued, then ends the connection in good order. See the states above.
    void finish();

    // Ends it now; what is queued is lost.
    void close() noexcept;

    bool open() const noexcept { return state_ == state::open; }

    event_loop& loop() noexcept;

private:
    friend class connection_set;

    enum class state : std::uint8_t
    {
        open,
        finishing,
        closed
    };

    void on_events(std::uint32_t events) override;
    void on_timer() override;
    void shake_hands();
    void mark_dirty();
    void read();
    ssize_t receive(std::span<char> into) noexcept;
    void flush();
    bool write_queued();
    bool write_some();
    ssize_t give_to_kernel() noexcept;
    ssize_t give_to_tls() noexcept;
    bool encrypts() const noexcept { return tls_ && !tls_failed_; }
    std::size_t gather(std::span<iovec> vectors) noexcept;
    void end_sending();
    void update_interest();
    bool reads() const noexcept { return !paused_ && !draining_ && !fin_received_; }

    // An idle connection costs little more than a cache line; all of this is one thread's.
    int descriptor_;
    connection_set& set_;
    handler* handler_;
    std::unique_ptr<tls_stream> tls_; // null in the clear
    write_queue queue_;
    std::uint32_t slot_;
    state state_ : 2 = state::open;
    bool paused_ : 1 = false;   // the handler wants nothing read
    bool draining_ : 1 = false; // nor before the queue has drained
    bool telling_ : 1 = false;  // of which the handler wants to hear
    bool blocked_ : 1 = false;  // the kernel takes no more bytes
    bool dirty_ : 1 = false;    // waits for the end of the turn to be flushed
    bool fin_sent_ : 1 = false;
    bool fin_received_ : 1 = false;
    bool shaking_hands_ : 1 = false;
    bool tls_failed_ : 1 = false;
    std::uint16_t interest_; // what epoll was last told
};

static_assert(sizeof(connection) <= 88);

} // namespace cresset::net
