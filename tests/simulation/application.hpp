#pragma once

#include "base/client_id.hpp"
#include "hub/application.hpp"
#include "hub/hub.hpp"

#include <list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace cresset::simulation {

// The application of a node: does what clients ask of it, in their credentials and messages, so
// that a history says with them what happens.
//
//   authenticate  {"who":7,"user":"u1","verdict":"accept"}  or reject, fail, throw, later
//   join          rooms that begin with "closed" are refused; with "later" among them, the answer
//                 waits for answer_join
//   say           {"kind":"room","name":"r1","event":"news","fleet":true,"exclude":["ID"],
//                  "out":{...}} is sent on, as it says
//   throw         throws
class application final : public hub::application
{
public:
    // Before clients come.
    void serve(hub::hub& h) noexcept { hub_ = &h; }

    // Answers that are owed: to the client that said it was `who`.
    struct owed_identity
    {
        int who;
        std::string user;
        reply<identity> answer;
    };
    struct owed_rooms
    {
        int who;
        std::vector<std::string> rooms;
        reply<allowed_rooms> answer;
    };
    std::list<owed_identity> identities;
    std::list<owed_rooms> joins;

    // What it was told of clients, by their ids.
    struct life
    {
        int connected = 0;
        int disconnected = 0;
    };
    std::unordered_map<client_id, life, base::client_id_hash> lives;
    // Those of them that a client may have.
    static std::vector<std::string> allowed(const std::vector<std::string>& rooms);

private:
    void authenticate(const authenticate_request& request, reply<identity> answer) override;
    void validate_rooms(const join_request& request, reply<allowed_rooms> answer) override;
    void client_connected(const client& who) override { ++lives[who.id()].connected; }
    void client_disconnected(const client& who) override { ++lives[who.id()].disconnected; }
    void message(const cresset::message& received) override;

    hub::hub* hub_ = nullptr;
    std::unordered_map<client_id, int, base::client_id_hash> whos_;
};

} // namespace cresset::simulation
