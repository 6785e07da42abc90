export default function Line() { return null; }
