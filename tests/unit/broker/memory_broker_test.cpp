#include "broker/memory_broker.hpp"
#include "broker_suite.hpp"

namespace cresset::broker {
namespace {

struct memory_fleet
{
    broker& of_node(unsigned) { return one; }

    memory_broker one;
};

INSTANTIATE_TYPED_TEST_SUITE_P(memory_broker, broker_suite, memory_fleet);

} // namespace
} // namespace cresset::broker
