#include "serve/worker.hpp"

#include <utility>

namespace cresset::serve {

worker::worker() : connections_(loop_)
{
    loop_.add(*this);
}

worker::~worker()
{
    join();
}

void worker::serve(net::owned_socket listening, const http_service& service,
                   upgrade_handler upgrade, base::log& log)
{
    front_ = std::make_unique<http_front>(connections_, std::move(listening), service,
                                          std::move(upgrade), refused_, log);
}

void worker::balance(placement& all, unsigned index,
                     std::span<const std::unique_ptr<worker>> workers)
{
    placement_ = &all;
    index_ = index;
    front_->set_elsewhere([this, workers](int descriptor, const net::endpoint& peer) {
        const unsigned chosen = placement_->choose(index_, connections_.size());
        if (chosen == index_)
            return false;
        workers[chosen]->take(descriptor, peer);
        return true;
    });
}

// From any thread: a connection that came to another worker.
void worker::take(int descriptor, const net::endpoint& peer)
{
    loop_.post([this, socket = net::owned_socket(descriptor), peer]() mutable {
        if (!stopping_)
            front_->adopt(socket.release(), peer);
    });
}

void worker::start()
{
    thread_ = std::thread([this] {
        loop_.run();
        stopped_ = true;
    });
}

void worker::stop(std::chrono::milliseconds delay, std::chrono::milliseconds deadline,
                  std::function<void()> close_clients)
{
    loop_.post([this, delay, deadline, close_clients = std::move(close_clients)]() mutable {
        const std::uint64_t end =
            loop_.now_ms() + static_cast<std::uint64_t>((delay + deadline).count());
        if (ends_ms_ != 0 && end >= ends_ms_)
            return;
        ends_ms_ = end;
        deadline_ = deadline;
        close_clients_ = std::move(close_clients);
        if (delay.count() == 0)
            close();
        else
            loop_.arm(*this, delay);
    });
}

void worker::close()
{
    if (!std::exchange(stopping_, true))
        front_->stop();
    if (placement_)
        placement_->note(index_, placement::closed);
    std::exchange(close_clients_, {})();
    loop_.arm(*this, deadline_);
}

void worker::join()
{
    if (thread_.joinable())
        thread_.join();
}

bool worker::on_turn_end()
{
    if (placement_)
        placement_->note(index_, stopping_ ? placement::closed : connections_.size());
    if (stopping_ && connections_.size() == 0)
        loop_.stop();
    return false;
}

void worker::on_timer()
{
    if (close_clients_)
        close();
    else
        connections_.close_all();
}

} // namespace cresset::serve
