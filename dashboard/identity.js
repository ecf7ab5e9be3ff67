// Who this tab is. The name lives in sessionStorage, so that two tabs are two people; a duplicated
// tab brings a copy of that storage along, so a stored name is asked for among the open tabs first.

const KEY = 'cresset-demo-name';
const ANSWER_MS = 80;

const FIRST = ['Amber', 'Bold', 'Bright', 'Brisk', 'Calm', 'Clever', 'Copper', 'Gentle', 'Golden',
  'Lucky', 'Merry', 'Misty', 'Nimble', 'Quiet', 'Sunny', 'Velvet'];
const SECOND = ['Badger', 'Finch', 'Fox', 'Hare', 'Heron', 'Lynx', 'Marten', 'Otter', 'Owl',
  'Robin', 'Seal', 'Stoat', 'Swift', 'Tern', 'Vole', 'Wren'];

const pick = (list) => list[Math.floor(Math.random() * list.length)];

export const randomName = () => `${pick(FIRST)} ${pick(SECOND)}`;

export class Identity {
  #name = '';
  #channel = 'BroadcastChannel' in window ? new BroadcastChannel('cresset-demo') : null;

  get name() {
    return this.#name;
  }

  set name(name) {
    this.#name = name;
    try {
      sessionStorage.setItem(KEY, name);
    } catch {
      // Storage is switched off: the name lasts until the page is reloaded.
    }
  }

  async restore() {
    const stored = this.#stored();
    this.name = stored && !(await this.#taken(stored)) ? stored : randomName();
    this.#channel?.addEventListener('message', ({ data }) => {
      if (data?.ask === this.#name) this.#channel.postMessage({ taken: this.#name });
    });
  }

  #stored() {
    try {
      return sessionStorage.getItem(KEY);
    } catch {
      return null;
    }
  }

  #taken(name) {
    if (!this.#channel) return false;
    return new Promise((resolve) => {
      const listen = ({ data }) => data?.taken === name && finish(true);
      const finish = (answer) => {
        this.#channel.removeEventListener('message', listen);
        resolve(answer);
      };
      this.#channel.addEventListener('message', listen);
      this.#channel.postMessage({ ask: name });
      setTimeout(finish, ANSWER_MS, false);
    });
  }
}
