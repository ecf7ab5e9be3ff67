#pragma once

#include <array>
#include <cresset/client_id.hpp>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace cresset::tests {

// What the handlers of a server were called for, client by client. A client's calls all come on
// one thread, so each thread keeps a book of its own: a lock around one book for all would put in
// order what a race detector should see unordered. Read when the server's threads have ended.
class life_ledger
{
public:
    void connected(const client_id& id) { write(id, 'c'); }
    void said(const client_id& id) { write(id, 's'); }
    void disconnected(const client_id& id) { write(id, 'd'); }

    std::size_t clients() const
    {
        std::size_t sum = 0;
        for (const book& b : books_)
            sum += b.size();
        return sum;
    }

    // The lives that went another way than: connected, said something any number of times,
    // disconnected; or only disconnected, for one that never authenticated.
    std::vector<std::string> mistakes() const
    {
        std::vector<std::string> found;
        std::map<std::array<std::uint8_t, 16>, unsigned> threads;
        for (const book& b : books_)
            for (const auto& [id, life] : b)
                if (!is_whole(life) || ++threads[id] > 1)
                    found.push_back(client_id{id}.to_string() + ' ' + life);
        return found;
    }

private:
    using book = std::map<std::array<std::uint8_t, 16>, std::string>; // a letter a call

    static bool is_whole(const std::string& life)
    {
        const bool authenticated = life.front() == 'c';
        const std::size_t end = life.find_first_not_of('s', authenticated ? 1 : 0);
        return end == life.size() - 1 && life[end] == 'd' && (authenticated || end == 0);
    }

    void write(const client_id& id, char what) { book_of_this_thread()[id.bytes] += what; }

    // The threads are those of one server, and end with it.
    book& book_of_this_thread()
    {
        thread_local book* mine = nullptr;
        if (!mine) {
            const std::lock_guard lock(mutex_);
            mine = &books_.emplace_back();
        }
        return *mine;
    }

    std::mutex mutex_;
    std::deque<book> books_; // under mutex_ while they are made
};

} // namespace cresset::tests
