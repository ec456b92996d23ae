// Drives a broker with the unmodified npm package `mqtt`: node mqtt-peer.cjs URL VERSION [CA-FILE]
// VERSION is 4 (MQTT 3.1.1) or 5. Prints one line per check; exits 1 at the first that does not hold.
const { readFileSync } = require('node:fs');
const { connectAsync } = require('mqtt');

const [url, versionText, ca] = process.argv.slice(2);
const protocolVersion = Number(versionText);
const base = { protocolVersion, reconnectPeriod: 0, connectTimeout: 10000, ...(ca ? { ca: readFileSync(ca) } : {}) };
const open = (clientId, more = {}) => connectAsync(url, { ...base, clientId, ...more });

const inbox = (client) => {
  const held = [];
  const waiting = [];
  client.on('message', (topic, payload, packet) => {
    const message = { topic, payload, packet };
    const next = waiting.shift();
    if (next) next(message); else held.push(message);
  });
  return {
    next: () => held.length > 0 ? Promise.resolve(held.shift()) : new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('no message within 10 s')), 10000);
      waiting.push((message) => { clearTimeout(timer); resolve(message); });
    }),
    count: () => held.length,
  };
};

const check = (holds, what) => {
  if (!holds) throw new Error(what);
};

const checks = {
  async 'every quality of service'() {
    const client = await open('qos');
    const box = inbox(client);
    await client.subscribeAsync('qos/#', { qos: 2 });
    for (const qos of [0, 1, 2]) {
      await client.publishAsync(`qos/${qos}`, `m${qos}`, { qos });
      const { topic, payload, packet } = await box.next();
      check(topic === `qos/${qos}` && payload.toString() === `m${qos}` && packet.qos === qos, `QoS ${qos}: ${topic} ${payload} ${packet.qos}`);
    }
    await client.endAsync();
  },
  async retained() {
    const client = await open('retained');
    await client.publishAsync('kept/a', 'still here', { qos: 1, retain: true });
    const box = inbox(client);
    await client.subscribeAsync('kept/#', { qos: 1 });
    const { payload, packet } = await box.next();
    check(payload.toString() === 'still here' && packet.retain, 'the retained message did not come');
    await client.publishAsync('kept/a', '', { qos: 1, retain: true });
    await client.endAsync();
  },
  async will() {
    const watcher = await open('watcher');
    const box = inbox(watcher);
    await watcher.subscribeAsync('will/#', { qos: 1 });
    const lost = await open('lost', { will: { topic: 'will/lost', payload: Buffer.from('gone'), qos: 1 } });
    lost.stream.destroy();
    check((await box.next()).payload.toString() === 'gone', 'the will did not come');
    await watcher.endAsync();
  },
  async 'shared subscriptions'() {
    const members = await Promise.all([open('m1'), open('m2')]);
    const boxes = members.map(inbox);
    for (const member of members) await member.subscribeAsync('$share/g/work', { qos: 1 });
    const publisher = await open('boss');
    for (let i = 0; i < 10; i++) await publisher.publishAsync('work', `${i}`, { qos: 1 });
    const got = [];
    for (const box of boxes) for (let i = 0; i < 5; i++) got.push((await box.next()).payload.toString());
    check(got.sort().join('') === '0123456789' && boxes.every((b) => b.count() === 0), `shared: ${got}`);
    await Promise.all([...members, publisher].map((c) => c.endAsync()));
  },
  async 'large payloads'() {
    const client = await open('large');
    const box = inbox(client);
    await client.subscribeAsync('large', { qos: 1 });
    const payload = Buffer.alloc(900000, 7);
    payload[899999] = 9;
    await client.publishAsync('large', payload, { qos: 1 });
    check((await box.next()).payload.equals(payload), 'the large payload came back changed');
    await client.endAsync();
  },
  async 'session resume'() {
    const session = { clean: false, ...(protocolVersion === 5 ? { properties: { sessionExpiryInterval: 60 } } : {}) };
    const first = await open('resumed', session);
    await first.subscribeAsync('resume', { qos: 1 });
    await first.endAsync();
    const publisher = await open('meanwhile');
    for (let i = 0; i < 3; i++) await publisher.publishAsync('resume', `${i}`, { qos: 1 });
    await publisher.endAsync();
    const got = [];
    const mqtt = require('mqtt');
    const back = mqtt.connect(url, { ...base, clientId: 'resumed', ...session });
    const box = inbox(back);
    const connack = await new Promise((resolve, reject) => { back.once('connect', resolve); back.once('error', reject); });
    check(connack.sessionPresent, 'the session was not there');
    for (let i = 0; i < 3; i++) got.push((await box.next()).payload.toString());
    check(got.join('') === '012', `resumed: ${got}`);
    await back.endAsync();
  },
  async 'properties of MQTT 5'() {
    if (protocolVersion !== 5) return;
    const client = await open('props', { properties: { topicAliasMaximum: 5, receiveMaximum: 3 }, autoAssignTopicAlias: true });
    const box = inbox(client);
    await client.subscribeAsync('props', { qos: 1, properties: { subscriptionIdentifier: 77 } });
    const properties = { userProperties: { a: ['1', '2'] }, contentType: 'text/plain', messageExpiryInterval: 30, correlationData: Buffer.from('c') };
    for (let i = 0; i < 3; i++) {
      await client.publishAsync('props', `${i}`, { qos: 1, properties });
      const { topic, payload, packet } = await box.next();
      const p = packet.properties;
      check(topic === 'props' && payload.toString() === `${i}` && p.contentType === 'text/plain' && p.userProperties.a.join() === '1,2'
        && p.correlationData.toString() === 'c' && p.subscriptionIdentifier === 77, JSON.stringify(p));
    }
    await client.endAsync();
  },
};

(async () => {
  for (const [name, run] of Object.entries(checks)) {
    await run();
    console.log(`held: ${name}`);
  }
  process.exit(0);
})().catch((fault) => {
  console.error(fault);
  process.exit(1);
});
