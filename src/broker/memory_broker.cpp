#include "broker/memory_broker.hpp"

#include <mutex>

namespace cresset::broker {

void memory_broker::attach(node& n)
{
    const std::unique_lock lock(mutex_);
    nodes_.push_back(&n);
}

void memory_broker::detach(node& n)
{
    const std::unique_lock lock(mutex_);
    std::erase(nodes_, &n);
}

publish_status memory_broker::publish(const node_message& message)
{
    const std::shared_lock lock(mutex_);
    auto status = publish_status::no_others;
    for (node* n : nodes_) {
        if (n->server_id() == message.server_id)
            continue;
        n->on_node_message(message);
        status = publish_status::handed;
    }
    return status;
}

} // namespace cresset::broker
