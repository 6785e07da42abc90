export default function Ship() { return null; }
