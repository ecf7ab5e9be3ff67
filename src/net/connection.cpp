#include "net/connection.hpp"

#include "net/connection_set.hpp"

#include <array>
#include <cassert>
#include <cerrno>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace cresset::net {
namespace {

// Vectors a gathered write. More cost stack, and the kernel takes longer over many small ones than
// a copy does.
constexpr std::size_t vectors_a_write = 64;

// On average; larger ones are cheaper to point at than to copy.
constexpr std::size_t small_segment_bytes = 1024;

// A turn that queues this much for one connection writes it at once: the kernel may as well begin,
// and a burst then doesn't look like a slow reader.
constexpr std::size_t early_flush_bytes = 64 * 1024;

} // namespace

connection::connection(base::slab<connection>::handle self, connection_set& set, int descriptor,
                       handler& h)
    : descriptor_(descriptor),
      set_(set),
      handler_(&h),
      slot_(self.slot),
      interest_(EPOLLIN | EPOLLRDHUP)
{}

std::chrono::milliseconds connection::unacknowledged_for() const noexcept
{
    tcp_info info{};
    socklen_t size = sizeof info;
    if (getsockopt(descriptor_, IPPROTO_TCP, TCP_INFO, &info, &size) != 0)
        return {}; // no TCP
    const bool awaited = info.tcpi_unacked != 0 || info.tcpi_probes != 0;
    return std::chrono::milliseconds(awaited ? info.tcpi_last_ack_recv : 0);
}

void connection::begin_tls(std::unique_ptr<tls_stream> stream)
{
    tls_ = std::move(stream);
    shake_hands();
}

void connection::send(segment_ref bytes)
{
    if (state_ != state::open)
        return;
    queue_.push(std::move(bytes), set_.chunks_);
    if (blocked_)
        return;
    if (queue_.bytes() >= early_flush_bytes && !write_queued())
        return;
    mark_dirty();
}

void connection::write_now()
{
    if (state_ == state::open)
        write_queued();
}

void connection::mark_dirty()
{
    if (dirty_)
        return;
    dirty_ = true;
    set_.dirty_.push_back(this);
}

void connection::set_deadline(std::chrono::milliseconds delay) noexcept
{
    if (state_ == state::open)
        set_.loop_.arm(*this, delay);
}

void connection::clear_deadline() noexcept
{
    if (state_ == state::open) // else it is the one to linger
        cancel();
}

void connection::tell_when_drained()
{
    if (state_ != state::open)
        return;
    telling_ = true;
    if (!blocked_)
        mark_dirty();
}

void connection::pause_until_drained()
{
    if (state_ != state::open || queue_.empty())
        return;
    draining_ = true;
    update_interest();
    tell_when_drained();
}

void connection::pause()
{
    if (state_ != state::open)
        return;
    paused_ = true;
    update_interest();
}

void connection::resume()
{
    if (state_ != state::open)
        return;
    paused_ = false;
    update_interest();
}

void connection::finish()
{
    if (state_ != state::open)
        return;
    if (shaking_hands_) { // nothing can be said yet, in good order or not
        close();
        return;
    }
    state_ = state::finishing;
    paused_ = false;
    draining_ = false;
    telling_ = false;
    set_.loop_.arm(*this, linger);
    update_interest();
    if (queue_.empty())
        end_sending();
}

void connection::close() noexcept
{
    if (state_ == state::closed)
        return;
    state_ = state::closed;
    cancel();
    queue_.clear(set_.chunks_);
    set_.loop_.remove(descriptor_); // closing alone does not, if a child process has a copy
    ::close(std::exchange(descriptor_, -1));
    set_.closed_.push_back(this);
}

event_loop& connection::loop() noexcept
{
    return set_.loop_;
}

void connection::on_events(std::uint32_t events)
{
    if (state_ == state::closed)
        return;
    // A reset, or both directions shut and everything read. What is left to read must be read even
    // when finishing: closing with unread bytes resets, and takes what is still on its way along.
    if (events & EPOLLERR || (events & (EPOLLHUP | EPOLLIN)) == EPOLLHUP) {
        close();
        return;
    }
    if (shaking_hands_) {
        shake_hands();
        return;
    }
    if (events & EPOLLOUT) {
        blocked_ = false;
        flush();
    }
    if (state_ != state::closed && events & (EPOLLIN | EPOLLRDHUP))
        read();
}

void connection::on_timer()
{
    if (state_ == state::open)
        handler_->on_deadline();
    else
        close();
}

void connection::shake_hands()
{
    const tls_result result = tls_->shake_hands();
    shaking_hands_ = result == tls_result::want_read || result == tls_result::want_write;
    tls_failed_ = result == tls_result::failed || result == tls_result::finished;
    blocked_ = result == tls_result::want_write;
    if (tls_failed_) {
        // The peer may have sent more, and closing with that unread would take the alert along.
        queue_.clear(set_.chunks_);
        finish();
        return;
    }
    if (!shaking_hands_ && (!queue_.empty() || telling_))
        mark_dirty();
    update_interest();
}

void connection::read()
{
    if (!reads())
        return;
    char* const buffer = set_.receive_buffer_.get();
    const ssize_t got = receive({buffer, connection_set::receive_bytes});
    if (got > 0) {
        if (state_ == state::open)
            handler_->on_data({buffer, static_cast<std::size_t>(got)});
        return;
    }
    if (got < 0) {
        if (errno != EAGAIN && errno != EINTR)
            close();
        return;
    }
    // The peer says no more. It may still read, so what is queued for it is still sent.
    fin_received_ = true;
    if (fin_sent_) {
        close();
    } else if (state_ == state::open) {
        finish();
        handler_->on_peer_finished();
    } else {
        update_interest();
    }
}

// As recv does. A record at most, if it is TLS: then nothing is held back there, where no event
// would tell of it.
ssize_t connection::receive(std::span<char> into) noexcept
{
    if (!encrypts())
        return ::recv(descriptor_, into.data(), into.size(), 0);
    switch (tls_->read(into)) {
    case tls_result::done:
        return static_cast<ssize_t>(into.size());
    case tls_result::finished:
        return 0;
    case tls_result::want_read:
    case tls_result::want_write: // an answer to a change of keys, which goes with the next write
        errno = EAGAIN;
        return -1;
    case tls_result::failed:
        break;
    }
    errno = EPROTO;
    return -1;
}

void connection::flush()
{
    if (state_ == state::closed)
        return;
    if (!write_queued() || !queue_.empty())
        return;
    if (state_ == state::finishing) {
        end_sending();
        return;
    }
    if (draining_) {
        draining_ = false;
        update_interest();
    }
    if (telling_) {
        telling_ = false;
        handler_->on_drained();
    }
}

// As much as the kernel takes. False if the connection is over.
bool connection::write_queued()
{
    if (shaking_hands_)
        return true;
    while (!queue_.empty() && !blocked_)
        if (!write_some())
            return false;
    update_interest();
    return true;
}

bool connection::write_some()
{
    const ssize_t sent = give_to_kernel();
    if (sent >= 0) {
        queue_.consume(static_cast<std::size_t>(sent), set_.chunks_);
        if (state_ == state::finishing) // a slow peer that reads has the time it needs
            set_.loop_.arm(*this, linger);
        return true;
    }
    if (errno == EAGAIN) {
        blocked_ = true;
        return true;
    }
    if (errno == EINTR)
        return true;
    close();
    return false;
}

// One segment goes by send, which is a little cheaper than sendmsg.
ssize_t connection::give_to_kernel() noexcept
{
    if (encrypts() && !tls_->kernel_sends())
        return give_to_tls();
    std::array<iovec, vectors_a_write> vectors;
    const std::size_t used = gather(vectors);
    if (used == 1)
        return ::send(descriptor_, vectors[0].iov_base, vectors[0].iov_len, MSG_NOSIGNAL);
    msghdr message{};
    message.msg_iov = vectors.data();
    message.msg_iovlen = used;
    return ::sendmsg(descriptor_, &message, MSG_NOSIGNAL);
}

// One record of what is queued, whatever it was queued as: encrypting it copies it anyway. What was
// not taken comes again at the front of the next, since the queue keeps it.
ssize_t connection::give_to_tls() noexcept
{
    std::array<iovec, 2> front;
    std::span<const char> bytes;
    if (queue_.gather(front) == 1) {
        bytes = {static_cast<const char*>(front[0].iov_base), front[0].iov_len};
    } else {
        const std::span<char> buffer(set_.send_buffer_.get(), tls_stream::record_bytes);
        bytes = buffer.first(queue_.copy(buffer));
    }
    std::size_t taken = 0;
    const tls_result result = tls_->write(bytes, taken);
    if (result == tls_result::done)
        return static_cast<ssize_t>(taken);
    errno = result == tls_result::want_write ? EAGAIN : EPROTO;
    return -1;
}

// What the next write takes. Small segments are copied together: 16 of 100 bytes then take 0.89 of
// what they take as vectors, 16 of 1,000 bytes 0.97.
std::size_t connection::gather(std::span<iovec> vectors) noexcept
{
    const std::size_t used = queue_.gather(vectors);
    std::size_t bytes = 0;
    for (const iovec& v : vectors.first(used))
        bytes += v.iov_len;
    if (used == 1 || bytes > used * small_segment_bytes || bytes >= connection_set::send_bytes)
        return used;
    const std::span<char> buffer(set_.send_buffer_.get(), connection_set::send_bytes);
    vectors[0] = {buffer.data(), queue_.copy(buffer)};
    return 1;
}

void connection::end_sending()
{
    if (encrypts() && !fin_sent_)
        tls_->finish();
    if (fin_received_) {
        close();
        return;
    }
    if (fin_sent_)
        return;
    fin_sent_ = true;
    if (::shutdown(descriptor_, SHUT_WR) != 0)
        close();
}

void connection::update_interest()
{
    unsigned wanted = 0;
    if (reads() && !(shaking_hands_ && blocked_)) // that waits for the peer to read
        wanted |= EPOLLIN | EPOLLRDHUP;
    if (blocked_)
        wanted |= EPOLLOUT;
    if (wanted == interest_)
        return;
    interest_ = static_cast<std::uint16_t>(wanted);
    set_.loop_.modify(descriptor_, *this, wanted);
}

} // namespace cresset::net
