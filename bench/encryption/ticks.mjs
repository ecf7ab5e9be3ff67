// Messages of 100 bytes of data: what a Flow publishes, and how its number is found in an envelope.

const dataBytes = 100;
const digits = 8;
const beginning = '{"n":"';
const number = (n) => `${n}`.padStart(digits, '0');
const text = 'x'.repeat(dataBytes - `${beginning}${number(0)}","text":""}`.length);
const pattern = new RegExp(`^{"event":"tick","data":{"n":"([0-9]{${digits}})","text":"${text}"}}$`);

export const ticks = {
    dataOf: (n) => `{"n":"${number(n)}","text":"${text}"}`,
    numberOf: (envelope) => Number(pattern.exec(envelope)?.[1]),
};
