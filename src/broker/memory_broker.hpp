#pragma once

#include "broker/broker.hpp"

#include <shared_mutex>
#include <vector>

namespace cresset::broker {

// Joins the nodes of one process. With a single node, which is how a server runs alone, publishing
// costs a look at an empty list.
class memory_broker final : public broker
{
public:
    void attach(node& n) override;
    void detach(node& n) override;
    publish_status publish(const node_message& message) override;

private:
    std::shared_mutex mutex_;
    std::vector<node*> nodes_; // under mutex_
};

} // namespace cresset::broker
