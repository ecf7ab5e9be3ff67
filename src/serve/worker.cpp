#include "serve/worker.hpp"

#include <algorithm>
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
                                          std::move(upgrade), counters_, log);
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
        placement_->arrived(index_);
        if (stage_ != stage::ending)
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

void worker::stop(const stop_plan& plan, std::function<void()> close_clients)
{
    loop_.post([this, plan, close_clients = std::move(close_clients)]() mutable {
        const auto all = plan.delay + plan.spread + plan.deadline;
        const std::uint64_t end = loop_.now_ms() + static_cast<std::uint64_t>(all.count());
        if (ends_ms_ != 0 && end >= ends_ms_)
            return;
        ends_ms_ = end;
        plan_ = plan;
        close_clients_ = std::move(close_clients);
        stage_ = std::max(stage_, stage::waiting);
        if (leaves() || plan.delay.count() == 0)
            leave();
        else
            loop_.arm(*this, plan.delay);
    });
}

void worker::leave()
{
    stage_ = stage::leaving;
    // With no time for them they had better wait, where another process has the port as well.
    if (plan_.spread.count() > 0)
        front_->accept_rest();
    front_->leave();
    if (placement_)
        placement_->close(index_);
    std::exchange(close_clients_, {})();
    if (plan_.spread.count() == 0)
        end();
    else
        loop_.arm(*this, plan_.spread);
}

void worker::end()
{
    stage_ = stage::ending;
    front_->end();
    loop_.arm(*this, plan_.deadline);
}

void worker::join()
{
    if (thread_.joinable())
        thread_.join();
}

bool worker::on_turn_end()
{
    if (!leaves()) {
        if (placement_)
            placement_->note(index_, connections_.size());
        return false;
    }
    if (connections_.size() > 0)
        return false;
    if (placement_ && placement_->expects_more(index_))
        return true;
    loop_.stop();
    return false;
}

void worker::on_timer()
{
    if (stage_ == stage::waiting)
        leave();
    else if (stage_ == stage::leaving)
        end();
    else
        connections_.close_all();
}

} // namespace cresset::serve
