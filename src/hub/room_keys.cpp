#include "hub/room_keys.hpp"

#include "crypto/base64.hpp"
#include "crypto/random.hpp"
#include "hub/sealed_frame.hpp"
#include "hub/session.hpp"
#include "hub/shard.hpp"
#include "protocol/event_writer.hpp"
#include "protocol/json_string.hpp"
#include "ws/frame_writer.hpp"

#include <algorithm>

namespace cresset::hub {

void room_keys::on_joined(std::string_view room, std::uint32_t slot)
{
    if (const auto found = rooms_.find(std::string(room)); found != rooms_.end())
        found->second.newcomers.push_back(slot);
}

void room_keys::on_left(std::string_view room)
{
    if (const auto found = rooms_.find(std::string(room)); found != rooms_.end()) {
        found->second.stale = true;
        found->second.newcomers.clear();
    }
}

room_keys::sealed room_keys::seal(std::string_view room, std::string_view envelope) noexcept
{
    entry& e = rooms_[std::string(room)];
    if (e.stale)
        change_key(room, e);
    if (!e.newcomers.empty())
        send_key(room, e);
    ++e.sent;
    const std::string number = std::to_string(e.sent);
    const std::string id = std::to_string(e.id);
    std::string before = R"({"event":"encrypted","data":{"room":)";
    protocol::append_json_string(before, room);
    before.append(R"(,"key":)").append(id).append(R"(,"n":)").append(number).append(R"(,"iv":")");
    return {sealed_frame{e.key, e.ivs.next(), "room:" + id + ':' + number, envelope, before,
                         behind_sealed}
                .write(home_.sealing()),
            e.newcomers};
}

void room_keys::change_key(std::string_view room, entry& e)
{
    crypto::random_fill({e.key.data(), e.key.size()});
    e.ivs = {};
    e.id = ++last_id_;
    e.sent = 0;
    e.stale = false;
    e.newcomers.clear();
    for (const std::uint32_t slot : home_.members({group_kind::room, room}))
        if (home_.at(slot).has_room_keys())
            e.newcomers.push_back(slot);
}

void room_keys::send_key(std::string_view room, entry& e)
{
    std::string data = R"({"room":)";
    protocol::append_json_string(data, room);
    data += R"(,"key":)" + std::to_string(e.id) + R"(,"secret":")" +
            crypto::base64_encode({e.key.data(), e.key.size()}) + "\"}";
    const auto frame = net::segment::copy_of(
        ws::make_frame(ws::opcode::text, protocol::write_event(events::room_key, data)));
    std::erase_if(e.newcomers, [&](std::uint32_t slot) {
        session& s = home_.at(slot);
        const bool fits = s.has_place_for(sealed_size_max(frame->bytes().size()));
        if (fits) {
            outgoing key(frame);
            s.forward(key, nullptr);
        }
        return fits;
    });
    std::ranges::sort(e.newcomers);
    OPENSSL_cleanse(data.data(), data.size());
}

} // namespace cresset::hub
