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

void worker::serve(int listening, const http_service& service, upgrade_handler upgrade,
                   base::log& log)
{
    front_ = std::make_unique<http_front>(connections_, listening, service, std::move(upgrade),
                                          refused_, log);
}

void worker::start()
{
    thread_ = std::thread([this] {
        loop_.run();
        stopped_ = true;
    });
}

void worker::stop(std::chrono::milliseconds deadline, std::function<void()> close_clients)
{
    loop_.post([this, deadline, close_clients = std::move(close_clients)] {
        if (std::exchange(stopping_, true))
            return;
        front_->stop();
        close_clients();
        loop_.arm(*this, deadline);
    });
}

void worker::join()
{
    if (thread_.joinable())
        thread_.join();
}

bool worker::on_turn_end()
{
    if (stopping_ && connections_.size() == 0)
        loop_.stop();
    return false;
}

void worker::on_timer()
{
    connections_.close_all();
}

} // namespace cresset::serve
