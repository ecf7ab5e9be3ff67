#pragma once

#include "support/test_server.hpp"
#include "support/waiting.hpp"

#include <atomic>
#include <cstdio>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace cresset::tests {

// The data of a message: which thread sent it, and a number that this thread counts up. No two
// messages have the same, and to one client a thread's come in this order.
inline payload stamp()
{
    static std::atomic<unsigned> senders{0};
    thread_local const unsigned sender = senders++;
    thread_local unsigned number = 0;
    return raw_json{'[' + std::to_string(sender) + ',' + std::to_string(++number) + ']'};
}

// What an encrypted client hears an event under.
inline std::string sealed(std::string_view event)
{
    return "sealed " + std::string(event);
}

// What all the visitors of a test have seen, together.
struct visitor_book
{
    std::atomic<unsigned> tried{0};    // to connect
    std::atomic<unsigned> upgraded{0}; // and did
    std::atomic<unsigned> heard{0};    // messages with a stamp
    std::atomic<unsigned> heard_sealed{0};
    std::atomic<unsigned> expelled{0};
    std::atomic<unsigned> sent_home{0}; // because the server stopped
    collected<std::string> mistakes;
};

// A client that watches over the order of what it hears.
class visitor
{
public:
    // Throws if it can't come in.
    visitor(const server& to, visitor_book& book) : book_(book), client_(enter(to, book)) {}

    void emit(std::string_view event, std::string_view data) { client_.emit(event, data); }

    // Hears until this event comes; false if the connection ends before. It may be named in an
    // encrypted client's way.
    bool hear_until(std::string_view event)
    {
        while (open_) {
            const std::string heard = hear();
            if (heard == event || heard == sealed(event))
                return true;
        }
        return false;
    }

    // Hears whatever still comes, to the server's close frame or the answer to ours.
    void hear_to_the_end() { hear_until("the end"); }

    void say_goodbye() { client_.socket.send(client_close_frame(1000)); }
    void reset() { client_.socket.reset(); }

private:
    static ws_client enter(const server& to, visitor_book& book)
    {
        ++book.tried;
        ws_client client = connect(to);
        ++book.upgraded;
        return client;
    }

    // The name of the event that comes next; empty for the end.
    std::string hear()
    {
        const std::string text = client_.text();
        if (!text.starts_with("{\"event\":\"")) {
            end(text);
            return {};
        }
        char name[32] = "";
        unsigned sender = 0;
        unsigned number = 0;
        const char* const form = R"({"event":"%31[^"]","data":[%u,%u]})";
        if (std::sscanf(text.c_str(), form, name, &sender, &number) == 3)
            check_order(text, sender, number);
        else if (name != events::connected && name != sealed(events::connected))
            book_.mistakes.add(text);
        if (std::string_view(name).starts_with(sealed("")))
            ++book_.heard_sealed;
        return name;
    }

    void check_order(const std::string& text, unsigned sender, unsigned number)
    {
        ++book_.heard;
        unsigned& last = last_[sender];
        if (number <= last)
            book_.mistakes.add(text + " after " + std::to_string(last));
        last = number;
    }

    void end(const std::string& how)
    {
        open_ = false;
        if (how == "close 4000 Out")
            ++book_.expelled;
        else if (how == "close 1001 Server shutting down")
            ++book_.sent_home;
        else if (how != "close 1000 ")
            book_.mistakes.add(how);
        const std::string ended = client_.answer_close();
        if (ended != "finished")
            book_.mistakes.add(how + ", then " + ended);
        client_.socket.close();
    }

    visitor_book& book_;
    ws_client client_;
    std::map<unsigned, unsigned> last_; // number, by sender
    bool open_ = true;
};

} // namespace cresset::tests
