#pragma once

#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace cresset {

// The answer that a handler owes: given once, at once or later, from any thread. May be moved to
// wherever the answer will be known. Dropped without an answer, it rejects; dropped by an
// exception, it fails. An answer after the client has gone, or the server stopped, does nothing.
template <typename Answer>
class reply
{
public:
    // Who waits for the answer: the library's side. Called at most once, from any thread.
    class receiver
    {
    public:
        virtual ~receiver() = default;
        virtual void on_accepted(Answer answer) = 0;
        virtual void on_rejected() = 0;
        virtual void on_failed(std::string_view why) = 0;
    };

    explicit reply(std::unique_ptr<receiver> to) noexcept : to_(std::move(to)) {}
    reply(reply&&) noexcept = default;

    reply& operator=(reply&& other) noexcept
    {
        if (this != &other) {
            reject();
            to_ = std::move(other.to_);
        }
        return *this;
    }

    ~reply()
    {
        if (to_ && std::uncaught_exceptions() > 0)
            fail("an exception left the handler");
        else
            reject();
    }

    void accept(Answer answer)
    {
        if (const auto to = take())
            to->on_accepted(std::move(answer));
    }

    // A "no": wrong credentials, a room that may not be joined.
    void reject()
    {
        if (const auto to = take())
            to->on_rejected();
    }

    // No verdict could be reached: the database is down. `why` is for the log.
    void fail(std::string_view why = {})
    {
        if (const auto to = take())
            to->on_failed(why);
    }

    // False once answered or moved from.
    explicit operator bool() const noexcept { return to_ != nullptr; }

private:
    std::unique_ptr<receiver> take() noexcept { return std::exchange(to_, nullptr); }

    std::unique_ptr<receiver> to_;
};

} // namespace cresset
