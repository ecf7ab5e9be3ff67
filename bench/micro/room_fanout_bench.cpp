#include "hub/delivery.hpp"
#include "hub/shard.hpp"
#include "net/connection_set.hpp"
#include "support/test_hub.hpp"
#include "ws/frame_writer.hpp"

#include <array>
#include <benchmark/benchmark.h>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <utility>
#include <vector>

namespace cresset::hub {
namespace {

using clock = std::chrono::steady_clock;
using std::chrono::duration;

constexpr std::size_t message_bytes = 100;

// A room of one shard, whose members are at the other ends of socket pairs: what a delivery costs
// without TCP. Everything runs on the shard's thread.
class crowded_room
{
public:
    explicit crowded_room(std::size_t size) : connected_(size)
    {
        hub_.app.on_connected = [this](const client& who) {
            ids_.push_back(who.id());
            if (ids_.size() == connected_)
                all_there_.set_value();
        };
        while (peers_.size() < size)
            add_member();
        all_there_.get_future().wait();
        hub_.settle();
        drain();
    }

    // Seconds until `count` messages are queued for all but those excluded, and until they have
    // been written too.
    std::pair<double, double> deliver(std::size_t count, bool with_exclusion)
    {
        delivery made{.kind = group_kind::room,
                      .name = "ws-default",
                      .frame = frame_,
                      .text = nullptr,
                      .exclude = {}};
        if (with_exclusion)
            made.exclude.push_back(ids_.front());
        const auto message = std::make_shared<const delivery>(std::move(made));
        const auto times = home_.thread.run([&] {
            const auto begun = clock::now();
            for (std::size_t i = 0; i < count; ++i)
                home_.shard->deliver(message);
            home_.shard->finish_run();
            const auto queued = clock::now();
            static_cast<net::turn_end&>(home_.connections).on_turn_end();
            const auto written = clock::now();
            return std::pair(duration<double>(queued - begun).count(),
                             duration<double>(written - begun).count());
        });
        drain();
        return times;
    }

private:
    struct unused_handler final : net::connection::handler
    {
        void on_data(std::span<char>) override {}
        void on_deadline() override {}
        void on_closed() override {}
    };

    void add_member()
    {
        std::array<int, 2> ends;
        tests::check_call(
            ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()),
            "socketpair");
        peers_.emplace_back(ends[1]);
        home_.thread.run([&] {
            std::string said =
                tests::client_frame(ws::opcode::text, R"({"event":"authenticate","data":{}})");
            const std::size_t size = said.size();
            said.resize(size + net::receive_padding);
            net::connection& c = home_.connections.adopt(ends[0], replaced_by_accept_);
            home_.shard->accept(c, {said.data(), size}, {});
        });
    }

    void drain()
    {
        for (const tests::descriptor& peer : peers_)
            while (::recv(peer.get(), sink_.data(), sink_.size(), 0) > 0) {
            }
    }

    std::size_t connected_;
    std::vector<tests::descriptor> peers_;
    std::vector<base::client_id> ids_;
    std::promise<void> all_there_;
    std::array<char, 64 * 1024> sink_;
    std::string frame_ = ws::make_frame(ws::opcode::text, std::string(message_bytes, 'x'));
    unused_handler replaced_by_accept_;
    tests::test_hub hub_;
    tests::test_shard& home_ = hub_.shard();
};

enum class part
{
    queueing,
    all
};

// range(0): members. range(1): messages a turn. An item is a message to one member.
void room_fanout(benchmark::State& state, part timed, bool with_exclusion)
{
    crowded_room room(static_cast<std::size_t>(state.range(0)));
    const auto messages = static_cast<std::size_t>(state.range(1));
    for (auto _ : state) {
        const auto [queued, written] = room.deliver(messages, with_exclusion);
        state.SetIterationTime(timed == part::queueing ? queued : written);
    }
    state.SetItemsProcessed(state.iterations() * state.range(0) * state.range(1));
}

void sizes(benchmark::internal::Benchmark* b)
{
    b->UseManualTime()
        ->MinTime(0.1) // most of the time goes into reading at the other ends
        ->ArgNames({"members", "messages"})
        ->Args({10, 1})
        ->Args({1'000, 1})
        ->Args({1'000, 16});
}
BENCHMARK_CAPTURE(room_fanout, queueing, part::queueing, false)->Apply(sizes);
BENCHMARK_CAPTURE(room_fanout, queueing_but_one, part::queueing, true)->Apply(sizes);
BENCHMARK_CAPTURE(room_fanout, with_writing, part::all, false)->Apply(sizes);

} // namespace
} // namespace cresset::hub
